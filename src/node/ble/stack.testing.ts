// SPDX-License-Identifier: Apache-2.0

/** Test code: ble-host and the PNEs around it, without a radio and in virtual time. */
import { EventEmitter } from 'node:events';
import type { Connection, Manager } from 'ble-host';
import { BleUuid } from '../../link/ble.ts';
import type { Link, LinkEvents } from '../../link/link.ts';
import { VirtualTime } from '../../link/time.testing.ts';
import { Bonds, type Peer } from './bonds.ts';
import { type Central, startCentral } from './central.ts';
import { memoryStore } from './memory-store.testing.ts';

/** Does not answer; does nothing once connected; refuses to pair; does all that it is asked to. */
export type Temper = 'deaf' | 'idle' | 'refusing' | 'willing';

export interface StackOptions {
  temper(address: string): Temper;
  onLink?(link: Link): LinkEvents;
  /** Of a gateway for this many bonds: 64 unless given. */
  readonly capacity?: number;
}

const CONNECT_MS = 5;
const HANG_UP = 0x13;
const PAIRING_FAILED = 4;
const KEY = Buffer.alloc(16, 1);
export const IGNORE: LinkEvents = { onMessage: () => undefined, onClosed: () => undefined };

export class TestStack {
  readonly time = new VirtualTime();
  readonly bonds: Bonds;
  readonly central: Central;
  /** Addresses that are being tried, and how often each was connected. */
  readonly wanted = new Set<string>();
  readonly connects = new Map<string, number>();
  readonly connected = new Map<string, () => void>();
  readonly problems: string[] = [];
  private readonly options: StackOptions;
  private scanner: EventEmitter | undefined;

  constructor(options: StackOptions) {
    this.options = options;
    this.bonds = new Bonds(memoryStore(), options.capacity ?? 64);
    this.central = startCentral({
      manager: this.manager(),
      bonds: this.bonds,
      demand: { authenticated: true },
      ioCapabilities: 4,
      after: this.time.after,
      random: () => 0,
      onLink: (link) => options.onLink?.(link) ?? IGNORE,
      user: () => ({ showPasskey() {}, typePasskey() {}, compare() {} }),
      onProblem: ({ address }, problem) => this.problems.push(`${address} ${problem}`),
      onFailed: () => undefined,
    });
  }

  get isScanning(): boolean {
    return this.scanner !== undefined;
  }

  /** All connections that there were. */
  get total(): number {
    return [...this.connects.values()].reduce((sum, count) => sum + count, 0);
  }

  bond(address: string): void {
    this.bonds.add({ ...peer(address), authenticated: true }, KEY);
  }

  hear(address: string): void {
    this.scanner?.emit('report', { connectable: true, ...peer(address) });
  }

  /** Has these heard each 20 ms for so long, unless they are connected. */
  advertise(addresses: readonly string[], milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed += 20) {
      for (const address of addresses) if (!this.connected.has(address)) this.hear(address);
      this.time.pass(20);
    }
  }

  private manager(): Manager {
    return Object.assign(new EventEmitter(), {
      startScan: () => {
        this.scanner = Object.assign(new EventEmitter(), {
          stopScan: () => {
            this.scanner = undefined;
          },
        });
        return this.scanner;
      },
      removeBond: () => undefined,
      connect: (_type: string, address: string, _parameters: object, adopt: (of: Connection) => void) =>
        this.connect(address, adopt),
    }) as unknown as Manager;
  }

  private connect(address: string, adopt: (connection: Connection) => void) {
    this.wanted.add(address);
    const { after } = this.time;
    const timer =
      this.options.temper(address) === 'deaf'
        ? undefined
        : after(CONNECT_MS, () => this.join(address, adopt));
    return {
      cancel: (done?: () => void) => {
        timer?.cancel();
        this.wanted.delete(address);
        done?.();
      },
    };
  }

  private join(address: string, adopt: (connection: Connection) => void): void {
    this.wanted.delete(address);
    this.connects.set(address, (this.connects.get(address) ?? 0) + 1);
    const connection = Object.assign(new EventEmitter(), {
      peerAddressType: 'random',
      peerAddress: address,
      smp: this.smp(address),
      gatt: gatt(),
      disconnect: () => void this.time.after(1, () => this.connected.get(address)?.()),
    });
    this.connected.set(address, () => {
      this.connected.delete(address);
      connection.emit('disconnect', HANG_UP);
    });
    adopt(connection as unknown as Connection);
  }

  private smp(address: string) {
    const { after } = this.time;
    const temper = this.options.temper(address);
    const paired = { sc: true, mitm: true, bond: true, rspLtk: KEY };
    const smp = new EventEmitter();
    return Object.assign(smp, {
      hasLtk: this.bonds.find(peer(address)) !== undefined,
      startEncryption: () => after(1, () => smp.emit('encrypt', 0)),
      sendPairingRequest() {
        if (temper === 'refusing') after(1, () => smp.emit('pairingFail', PAIRING_FAILED, true));
        if (temper === 'willing') after(1, () => smp.emit('pairingComplete', paired));
      },
      sendPairingFailed: () => undefined,
    });
  }
}

export function peer(address: string): Peer {
  return { addressType: 'random', address };
}

/** The nth of any number of addresses. */
export function madeUp(n: number): string {
  const octets = [n >> 16, n >> 8, n].map((part) => (part & 0xff).toString(16).padStart(2, '0'));
  return `C0:EE:00:${octets.join(':').toUpperCase()}`;
}

function gatt() {
  const characteristics = [BleUuid.uplink, BleUuid.downlink].map((uuid) =>
    Object.assign(new EventEmitter(), {
      uuid,
      write: (_value: Buffer, done: (error: number) => void) => done(0),
      writeCCCD: (_notify: boolean, _indicate: boolean, done: (error: number) => void) => done(0),
    }),
  );
  const service = { discoverCharacteristics: (done: (found: unknown) => void) => done(characteristics) };
  return {
    currentMtu: 247,
    exchangeMtu: (done: () => void) => done(),
    discoverServicesByUuid: (_uuid: string, _count: number, done: (found: unknown) => void) =>
      done([service]),
  };
}
