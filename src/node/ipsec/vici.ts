// SPDX-License-Identifier: Apache-2.0

/** A client of strongSwan's VICI socket: asks which security associations there are, and hears when they change. */
import { connect, type Socket } from 'node:net';
import type { After } from '../../link/timer.ts';
import { NodeLimits } from '../../node-limits.ts';
import { refuse } from '../../refusal.ts';
import type { ViciSection } from './vici-message.ts';
import { readViciPacket, type ViciPacket, ViciPackets, ViciRequest, viciRequest } from './vici-packet.ts';

const LISTED = 'list-sa';
/** An association came, went or was made anew. */
const CHANGES: readonly string[] = Object.freeze(['ike-updown', 'ike-rekey', 'child-updown', 'child-rekey']);

export interface ViciOptions {
  /** Of the daemon's socket, usually /run/charon.vici. */
  readonly path: string;
  readonly after: After;
  onChange(): void;
  /** Once and last: the daemon is gone, or has said what cannot be read. Not called where `close` was. */
  onClosed(): void;
}

export interface Vici {
  /** Returns one section for each IKE_SA, by its configuration's name. One call at a time. Rejects where the daemon does not answer. */
  listSas(): Promise<readonly ViciSection[]>;
  close(): void;
}

/** Rejects where nobody serves the socket, or serves it otherwise. */
export async function openVici(options: ViciOptions): Promise<Vici> {
  const client = new ViciClient(options);
  try {
    for (const event of [LISTED, ...CHANGES]) await client.request(ViciRequest.register, event);
  } catch (error) {
    client.close();
    throw error;
  }
  return {
    listSas: () => client.request(ViciRequest.command, 'list-sas'),
    close: () => client.close(),
  };
}

interface Waiting {
  resolve(listed: readonly ViciSection[]): void;
  reject(error: Error): void;
}

class ViciClient {
  private readonly options: ViciOptions;
  private readonly socket: Socket;
  private readonly packets = new ViciPackets();
  private listed: ViciSection[] = [];
  private waiting: Waiting | undefined;
  private closed = false;

  constructor(options: ViciOptions) {
    this.options = options;
    this.socket = connect(options.path);
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('it closed the connection')));
  }

  request(
    type: (typeof ViciRequest)[keyof typeof ViciRequest],
    name: string,
  ): Promise<readonly ViciSection[]> {
    if (this.closed) return Promise.reject(new Error('it is gone'));
    return new Promise((resolve, reject) => {
      const deadline = this.options.after(NodeLimits.viciTimeoutMs, () =>
        this.fail(new Error('it does not answer')),
      );
      const over =
        <Result>(end: (result: Result) => void) =>
        (result: Result): void => {
          deadline.cancel();
          this.waiting = undefined;
          end(result);
        };
      this.listed = [];
      this.waiting = { resolve: over(resolve), reject: over(reject) };
      this.socket.write(viciRequest(type, name));
    });
  }

  close(): void {
    this.end(new Error('it was closed'));
  }

  private receive(chunk: Uint8Array): void {
    try {
      for (const packet of this.packets.push(chunk)) this.take(readViciPacket(packet));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private take(packet: ViciPacket): void {
    if (packet.kind === 'event') return this.takeEvent(packet.name, packet.message);
    const { waiting } = this;
    if (waiting === undefined) return refuse('wrongType');
    if (packet.kind === 'unknown') waiting.reject(new Error('it does not know what it is asked'));
    else waiting.resolve(this.listed);
  }

  private takeEvent(name: string, message: ViciSection): void {
    if (name !== LISTED) return this.options.onChange();
    if (this.listed.length >= NodeLimits.viciMaxSas) refuse('tooManyItems');
    this.listed.push(message);
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.end(error);
    this.options.onClosed();
  }

  private end(error: Error): void {
    this.closed = true;
    this.socket.destroy();
    this.waiting?.reject(error);
  }
}
