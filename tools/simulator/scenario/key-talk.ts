// SPDX-License-Identifier: Apache-2.0

/** What a server says and hears of keys on CPNS-3, beside all that its gateway has been able to read. */
import type { RecordObserver, SeenRecord } from '../../../src/node/page/trace/record-tap.ts';
import { Refusal } from '../../../src/refusal.ts';
import {
  decodeToPne,
  decodeToServer,
  type KeyMessageToPne,
  type KeyMessageToServer,
  KeyMessageType,
} from '../../../src/roles/key-message.ts';

const { request, update, proof } = KeyMessageType;

type KeyMessage = KeyMessageToPne | KeyMessageToServer;

/** One of the server's, in its record. */
interface Spoken {
  readonly seen: SeenRecord;
  readonly message: KeyMessage;
}

export class KeyTalk {
  readonly toServer: Spoken[] = [];
  readonly toPnes: Spoken[] = [];
  /** Each plaintext of CPNS-1 and CPNS-2 at the gateway. */
  private readonly readable: Uint8Array[] = [];

  readonly ofServer: RecordObserver = {
    onOpened: (seen) => keep(this.toServer, seen, decodeToServer),
    onSealed: (seen) => keep(this.toPnes, seen, decodeToPne),
  };

  readonly ofGateway: RecordObserver = {
    onOpened: ({ plaintext }) => void this.readable.push(plaintext),
    onSealed: ({ plaintext }) => void this.readable.push(plaintext),
  };

  /** Who asks for keys and has none, each time. */
  get asked(): number {
    return this.toServer.filter(({ message }) => message.type === request && message.held.length === 0)
      .length;
  }

  /** Which epochs of a key the server has given, each time, in how many bytes of a wrapped key. */
  given(reference: number): { readonly epoch: number; readonly bytes: number }[] {
    return this.toPnes.flatMap(({ message }) =>
      message.type === update && message.reference === reference
        ? [{ epoch: message.epoch, bytes: message.wrapped.length }]
        : [],
    );
  }

  /** How often a PNE has shown that it has a key. */
  proved(reference: number): number {
    return this.toServer.filter(({ message }) => message.type === proof && message.reference === reference)
      .length;
  }

  /** How many of the messages are in records that the gateway has passed on. */
  get relayed(): number {
    return this.countOf(({ seen }) => seen.record);
  }

  /** Of how many the gateway has had in its hands what they carry. */
  get read(): number {
    return this.countOf(({ message }) => carriedBy(message));
  }

  get count(): number {
    return this.toServer.length + this.toPnes.length;
  }

  private countOf(part: (spoken: Spoken) => Uint8Array | undefined): number {
    const all = this.readable.map((bytes) => Buffer.from(bytes));
    const parts = [...this.toServer, ...this.toPnes].map(part);
    const isIn = (bytes: Buffer, each: Uint8Array) => bytes.includes(Buffer.from(each));
    return parts.filter((each) => each !== undefined && all.some((bytes) => isIn(bytes, each))).length;
  }
}

/** A wrapped key, or a proof of one: a request carries neither, and is two bytes that may be anywhere. */
function carriedBy(message: KeyMessage): Uint8Array | undefined {
  if (message.type === update) return message.wrapped;
  return message.type === proof && message.proof.length > 0 ? message.proof : undefined;
}

/** What is of another kind is passed over. */
function keep(into: Spoken[], seen: SeenRecord, decode: (bytes: Uint8Array) => KeyMessage): void {
  const type = seen.plaintext[1];
  if (type !== request && type !== update && type !== proof) return;
  try {
    into.push({ seen, message: decode(seen.plaintext) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
