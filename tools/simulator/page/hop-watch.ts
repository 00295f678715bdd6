// SPDX-License-Identifier: Apache-2.0

/** What passes between the PNEs of a run and their gateway: handshakes as they happen, and the messages that are relayed. */
import { equalBytes } from '../../../src/bytes/compare.ts';
import { Channel } from '../../../src/link/channel.ts';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { RecordObserver, SeenRecord } from '../../../src/node/page/trace/record-tap.ts';
import type { Stage } from '../../../src/node/page/trace/stage.ts';
import { stage } from '../../../src/node/page/trace/tracer.ts';
import { formatAddress } from '../controller/address.ts';

export type Way = 'up' | 'down';

export interface HopWatchOptions {
  /** A link to the PNE with this address is there. */
  onLink(address: string): void;
  onHandshake(address: string | undefined, name: string, way: Way, length: number): void;
  /** A message for the other end, in the forms that it had on CPNS-1. */
  onRelayed(message: Uint8Array, way: Way, stages: readonly Stage[]): void;
  /** How the link carried this message of the PNE. */
  carried(address: string, message: Uint8Array): readonly Stage[];
  /** The same of a message to the PNE, which the link may carry later. */
  carriedDown(address: string, message: Uint8Array, then: (stages: readonly Stage[]) => void): void;
}

const HANDSHAKES = new Map<number, string>([
  [Channel.hopHandshake, 'CPNS-1'],
  [Channel.onboarding, 'joining'],
]);

export class HopWatch {
  private readonly options: HopWatchOptions;
  /** What the gateway opened and sealed last, of whichever interface. */
  private opened: SeenRecord | undefined;
  private sealed: SeenRecord | undefined;

  constructor(options: HopWatchOptions) {
    this.options = options;
  }

  /** Of the gateway's own records. */
  readonly gateway: RecordObserver = {
    onOpened: (seen) => {
      this.opened = seen;
    },
    onSealed: (seen) => {
      this.sealed = seen;
    },
  };

  /** Attaches a link, and watches it. */
  attach(link: Link, attach: (link: Link) => LinkEvents): LinkEvents {
    const address = addressOf(link);
    if (address !== undefined) this.options.onLink(address);
    const events = attach({
      send: (message) => {
        const copy = message.slice();
        link.send(message);
        if (!this.handshake(address, copy, 'down')) this.passed(address, copy, 'down');
      },
      attestation: () => link.attestation(),
      close: () => link.close(),
      proved: () => link.proved?.(),
    });
    return {
      // A handshake ends in what it says: its message comes first. A record is opened first.
      onMessage: (message) => {
        const copy = message.slice();
        const isHandshake = this.handshake(address, copy, 'up');
        events.onMessage(message);
        if (!isHandshake) this.passed(address, copy, 'up');
      },
      onClosed: () => events.onClosed(),
    };
  }

  /** Whether it is a message of one on this link. */
  private handshake(address: string | undefined, message: Uint8Array, way: Way): boolean {
    const name = HANDSHAKES.get(message[0]!);
    if (name !== undefined) this.options.onHandshake(address, name, way, message.length);
    return name !== undefined;
  }

  private passed(address: string | undefined, message: Uint8Array, way: Way): void {
    const { onHandshake, onRelayed, carried } = this.options;
    if (message[0] !== Channel.hopRecord) return;
    const record = message.slice(1);
    const seen = way === 'up' ? this.opened : this.sealed;
    const own = seen !== undefined && equalBytes(seen.record, record) ? seen : undefined;
    const inner = own?.plaintext ?? record;
    if (inner[0] === Channel.endToEndHandshake) return onHandshake(address, 'CPNS-3', way, inner.length);
    const hop = stage('hop', 'record of CPNS-1', 'PNE and PN GW', record, own?.tagLength);
    const link = stage('link', 'message of the link', 'CPNS-1', message);
    const values = way === 'up' && address !== undefined ? carried(address, message) : [];
    onRelayed(inner, way, [hop, link, ...values]);
    if (way === 'down' && address !== undefined)
      this.options.carriedDown(address, message, (stages) => onRelayed(inner, way, stages));
  }
}

/** Undefined for a link that is not by Bluetooth LE: nothing names its peer. */
function addressOf(link: Link): string | undefined {
  const attestation = link.attestation();
  const peer = attestation.kind === 'ble' ? attestation.peer : undefined;
  return peer === undefined ? undefined : formatAddress(Uint8Array.from(peer.subarray(1)).reverse());
}
