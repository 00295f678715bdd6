// SPDX-License-Identifier: Apache-2.0

/** One PNE of a load: the role, on a TCP stream to its gateway, and when each of its readings had its receipt. */
import { connect } from 'node:net';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential, Identity } from '../../src/handshake/credential.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { joinStream } from '../../src/link/stream.ts';
import { after } from '../../src/node/timer.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';

/** Before it connects again: as firmware/reconnect.ts has it, without the growing part. */
const RECONNECT_MS = 1000;
const MAX_BYTES = ImplementationLimits.pneMaxMessageBytes;

export interface LoadPneOptions {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly server: Credential;
  readonly gateway: Credential;
  readonly port: number;
  /** A reading has its receipt, so many milliseconds after it was reported. */
  onAccepted(pne: LoadPne, milliseconds: number): void;
}

export class LoadPne {
  readonly pneId: string;
  /** The numbers that its readings say, from 0 on, of those that the server has confirmed. */
  readonly accepted: number[] = [];
  reported = 0;
  private readonly options: LoadPneOptions;
  private readonly pne: Pne;
  private readonly sentAt = new Map<number, number>();

  constructor(options: LoadPneOptions) {
    const { provider, identity, gateway, server } = options;
    this.options = options;
    this.pneId = identity.credential.subject!;
    this.pne = createPne({
      pneId: this.pneId,
      hop: staticDhInterface('pne', 'CPNS-1', provider, identity, [gateway]),
      endToEnd: staticDhInterface('pne', 'CPNS-3', provider, identity, [server]),
      after,
      payloads: compactPayloads,
      boots: { epoch: undefined, write(): void {} },
      onAgreed(): void {},
      onContent(): void {},
      onReceipt: (handle, outcome) => this.settle(handle, outcome === 'accepted'),
      onRefused(): void {},
    });
  }

  get isIdle(): boolean {
    return this.pne.idle;
  }

  get room(): number {
    return this.pne.room;
  }

  report(): void {
    const index = this.reported;
    this.sentAt.set(index, performance.now());
    this.pne.report({ index, temperature: 21.375, humidity: 48.5, place: 'roof', ok: true });
    this.reported += 1;
  }

  /** Keeps a link to its gateway. */
  connect(): void {
    const socket = connect({ host: '127.0.0.1', port: this.options.port, noDelay: true });
    let onClosed = (): void => {};
    socket.once('connect', () => {
      const stream = {
        write: (bytes: Uint8Array) => {
          socket.write(bytes);
          return true;
        },
        close: () => socket.destroy(),
      };
      const events = joinStream(stream, (link) => this.pne.attach(link), { maxBytes: MAX_BYTES, after });
      socket.on('data', (bytes) => events.onBytes(bytes));
      onClosed = () => events.onClosed();
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      onClosed();
      setTimeout(() => this.connect(), RECONNECT_MS * (0.5 + Math.random()));
    });
  }

  private settle(index: number, isAccepted: boolean): void {
    const sent = this.sentAt.get(index)!;
    this.sentAt.delete(index);
    if (!isAccepted) return;
    this.accepted.push(index);
    this.options.onAccepted(this, performance.now() - sent);
  }
}
