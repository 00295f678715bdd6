// SPDX-License-Identifier: Apache-2.0

/** Test code: streams of frames of a serial line, and who hears them. */
import { toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import { encodeLineFrame, LineFrameKind, LineFrameReader } from './line-frame.ts';

const { linkMaxMessageBytes } = ImplementationLimits;

/** A multiplicative generator: the same bytes in every run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
}

/** Hears a stream. */
export class Receiver {
  readonly messages: string[] = [];
  readonly calls: string[] = [];
  readonly reader: LineFrameReader;

  constructor(maxBytes: number = linkMaxMessageBytes) {
    this.reader = new LineFrameReader(maxBytes, (kind, body) => {
      (kind === LineFrameKind.message ? this.messages : this.calls).push(toHex(body));
    });
  }

  take(...parts: Uint8Array[]): this {
    for (const part of parts) this.reader.push(part);
    return this;
  }
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function message(body: Uint8Array): Uint8Array {
  return encodeLineFrame(LineFrameKind.message, body);
}

/** A stream of messages that differ, with zeros and runs of every kind in them. */
export function bodies(): Uint8Array[] {
  const random = generator(7);
  const draw = (length: number, most: number) =>
    Uint8Array.from({ length }, () => Math.min(255, random() % most));
  return [
    Uint8Array.of(1),
    Uint8Array.of(0, 0, 0),
    draw(20, 256),
    draw(20, 2),
    draw(60, 256),
    Uint8Array.of(0xff, 0xfe, 1, 0),
    draw(280, 100_000),
    Uint8Array.of(2),
  ];
}
