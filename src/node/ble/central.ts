// SPDX-License-Identifier: Apache-2.0

/**
 * The PN GW as a Bluetooth LE central: looks for PNEs, connects, secures the connection, and hands each over
 * as a link. The connection is secured before anything else is asked of the PNE: SDK 8.2.3 crashes an ESP32
 * on a change of MTU that comes with the connection.
 */
import bleHost, { type Advertisement, type Manager } from 'ble-host';
import { ImplementationLimits } from '../../limits.ts';
import { type BleDemand, BleUuid } from '../../link/ble.ts';
import type { Link, LinkEvents } from '../../link/link.ts';
import type { After } from '../../link/timer.ts';
import type { Bonds, Peer } from './bonds.ts';
import type { GateUser } from './gate.ts';
import { PneConnection } from './pne-connection.ts';

export interface CentralOptions {
  readonly manager: Manager;
  /** This gateway's. Where they are full, PNEs without one are refused. */
  readonly bonds: Bonds;
  readonly demand: BleDemand;
  /** As SMP numbers them. */
  readonly ioCapabilities: number;
  readonly after: After;
  onLink(link: Link): LinkEvents;
  /** Who stands in front of the gateway, asked about the PNE at that address. */
  user(peer: Peer): GateUser;
  /** A PNE could not be secured, in words. After `MAX_FAILURES` it is left alone for a while. */
  onProblem(peer: Peer, problem: string): void;
  /** The controller is gone, and all links with it. Comes once and last. */
  onFailed(error: Error): void;
}

export interface Central {
  /**
   * Forgets a bond, as its owner decided: the PNE has lost it, or is gone. Next time it pairs anew, which
   * takes somebody in front of it. Its connection ends.
   */
  forget(peer: Peer): void;
  stop(): void;
}

const MAX_FAILURES = 3;
const LEFT_ALONE_MS = 30_000;
/** Addresses whose failures are counted: anybody can make some up. */
const MAX_KNOWN = 256;

export function startCentral(options: CentralOptions): Central {
  const { manager, after, bonds } = options;
  const known = new Map<string, PneConnection>();
  /** Those of them that are not connected yet. */
  const sought = new Set<string>();
  const failures = new Map<string, number>();

  const scanner = manager.startScan({
    scanFilters: [new bleHost.BleManager.ServiceUUIDScanFilter(BleUuid.service)],
  });
  scanner.on('report', ({ connectable, addressType, address }: Advertisement) => {
    if (connectable) consider({ addressType, address });
  });

  let isFailed = false;

  manager.on('error', (error: Error) => {
    isFailed = true;
    for (const pne of known.values()) pne.finish();
    options.onFailed(error);
  });

  function consider(peer: Peer): void {
    const name = nameOf(peer);
    const { gatewayMaxPnes, gatewayMaxSought } = ImplementationLimits;
    if (known.has(name) || known.size >= gatewayMaxPnes || sought.size >= gatewayMaxSought) return;
    if ((failures.get(name) ?? 0) >= MAX_FAILURES) return;
    sought.add(name);
    const pne = new PneConnection(options, peer, {
      onReached: () => sought.delete(name),
      onSecured: () => failures.delete(name),
      onRefused: (problem) => fail(peer, problem),
      onEnd(): void {
        known.delete(name);
        sought.delete(name);
        // A pairing that was refused has left a key.
        if (!isFailed && bonds.find(peer) === undefined) manager.removeBond(peer.addressType, peer.address);
      },
    });
    known.set(name, pne);
  }

  function fail(peer: Peer, problem: string): void {
    const name = nameOf(peer);
    const count = (failures.get(name) ?? 0) + 1;
    if (failures.size < MAX_KNOWN) failures.set(name, count);
    if (count === MAX_FAILURES) after(LEFT_ALONE_MS, () => failures.delete(name));
    const pause = `; left alone for ${LEFT_ALONE_MS / 1000} s`;
    options.onProblem(peer, count === MAX_FAILURES ? problem + pause : problem);
  }

  return {
    forget(peer): void {
      bonds.remove(peer);
      failures.delete(nameOf(peer));
      const pne = known.get(nameOf(peer));
      if (pne === undefined) manager.removeBond(peer.addressType, peer.address);
      else pne.end();
    },
    stop(): void {
      scanner.stopScan();
      for (const pne of known.values()) pne.end();
    },
  };
}

function nameOf({ addressType, address }: Peer): string {
  return `${addressType} ${address}`;
}
