// SPDX-License-Identifier: Apache-2.0

/**
 * The PN GW as a Bluetooth LE central: looks for PNEs, connects, secures the connection, and hands each over
 * as a link. The connection is secured before anything else is asked of the PNE: SDK 8.2.3 crashes an ESP32
 * on a change of MTU that comes with the connection.
 */
import bleHost, { type Advertisement, type Scanner } from 'ble-host';
import { BleUuid } from '../../link/ble.ts';
import { Backoff } from './backoff.ts';
import { nameOf, type Peer } from './bonds.ts';
import { Places } from './places.ts';
import { type Outcome, PneConnection, type PneConnectionOptions } from './pne-connection.ts';

export interface CentralOptions extends PneConnectionOptions {
  /** From 0 to below 1, for the jitter of delays. */
  random(): number;
  /** A PNE could not be secured, in words. It is tried again, each time after a longer while. */
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
  /** Seeks no PNE until `resume`, as while the server is away. Those that are connected stay. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** A pause of a PNE that is worth a word. */
const ANNOUNCED_MS = 5000;

export function startCentral(options: CentralOptions): Central {
  const { manager, bonds } = options;
  const places = new Places();
  const backoff = new Backoff(options);
  let scanner: Scanner | undefined;
  let isFailed = false;
  let isStopped = false;

  manager.on('error', (error: Error) => {
    isFailed = true;
    backoff.stop();
    for (const pne of places.all) pne.finish();
    options.onFailed(error);
  });

  function consider(peer: Peer): void {
    const name = nameOf(peer);
    const isStranger = bonds.find(peer) === undefined;
    if (!places.hasRoom(name, isStranger) || backoff.isWaiting(peer)) return;
    const pne = new PneConnection(options, peer, {
      onReached: () => places.reached(name),
      onSecured: () => places.secured(name),
      onRefused: (problem) => options.onProblem(peer, problem),
      onEnd: (outcome) => leave(peer, outcome),
    });
    places.take(name, isStranger, pne);
  }

  /** Who was not reached has refused nothing, and may be tried again when it is heard. */
  function leave(peer: Peer, outcome: Outcome): void {
    places.leave(nameOf(peer));
    if (outcome !== 'unreached' && !isFailed && !isStopped) leaveAlone(peer, outcome === 'useful');
    // A pairing that was refused has left a key.
    if (!isFailed && bonds.find(peer) === undefined) manager.removeBond(peer.addressType, peer.address);
  }

  /** Somebody may stand in front of it, and wait. */
  function leaveAlone(peer: Peer, wasUseful: boolean): void {
    const milliseconds = backoff.ended(peer, wasUseful);
    if (milliseconds >= ANNOUNCED_MS) {
      options.onProblem(peer, `left alone for ${Math.round(milliseconds / 1000)} s`);
    }
  }

  function seek(): void {
    if (isFailed || isStopped || scanner !== undefined) return;
    scanner = manager.startScan({
      scanFilters: [new bleHost.BleManager.ServiceUUIDScanFilter(BleUuid.service)],
    });
    scanner.on('report', ({ connectable, addressType, address }: Advertisement) => {
      if (connectable && scanner !== undefined) consider({ addressType, address });
    });
  }

  function pause(): void {
    scanner?.stopScan();
    scanner = undefined;
    for (const pne of places.sought) pne.end();
  }

  seek();
  return {
    forget(peer): void {
      bonds.remove(peer);
      const pne = places.find(nameOf(peer));
      if (pne === undefined) manager.removeBond(peer.addressType, peer.address);
      else pne.end();
      backoff.forgive(peer);
    },
    pause,
    resume: seek,
    stop(): void {
      isStopped = true;
      pause();
      backoff.stop();
      for (const pne of places.all) pne.end();
    },
  };
}
