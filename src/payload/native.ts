// SPDX-License-Identifier: Apache-2.0

/** Payloads in one call into C: the same bytes, values and reasons as compact.ts, which is the one to read. */
import { refuse } from '../refusal.ts';
import type { PnePayloads } from './payload.ts';

/** What firmware/native/payload-encode.c and payload-decode.c do. They run no JavaScript but `refuse`. */
export interface PayloadNatives {
  /**
   * Returns the payload, which the caller owns. The reason why a value is none goes to `refuse` of the object whose method
   * it is, which throws: a function of JavaScript around this one would cost 700 instructions of each payload. What
   * compact.ts would run to know a value, a getter or a proxy, is refused.
   */
  encode(this: { refuse(reason: number): never }, value: unknown): Uint8Array;
  /** Returns the value. A payload that is refused goes to `refuse`, which throws. */
  decode(payload: Uint8Array, refuse: (reason: number) => never): unknown;
  /** firmware/native/payload-pack.c: what concise.ts says. */
  readonly pack: PnePayloads['pack'];
  readonly withNames: PnePayloads['withNames'];
}

export function nativePayloads(natives: PayloadNatives): PnePayloads {
  const { encode, decode, pack, withNames } = natives;
  return Object.freeze({
    encode,
    refuse,
    decode: (payload: Uint8Array) => decode(payload, refuse),
    pack,
    withNames,
  });
}
