// SPDX-License-Identifier: Apache-2.0

/** A way to write and read application payloads (their form: src/payload/scan.ts). All write the same bytes. */
export interface PayloadCodec {
  /** The caller owns the result. A value that a payload cannot hold is refused as if it had been received. */
  encode(value: unknown): Uint8Array;
  /** Borrows the payload. Maps become objects, byte strings are copies. */
  decode(payload: Uint8Array): unknown;
}

/** What a PNE has beside: readings together, as src/payload/concise.ts writes them. */
export interface PnePayloads extends PayloadCodec {
  pack(
    type: number,
    first: number,
    payloads: readonly Uint8Array[],
    names: Uint8Array,
    known: number,
  ): Uint8Array | undefined;
  withNames(names: Uint8Array, payloads: readonly Uint8Array[]): Uint8Array;
}
