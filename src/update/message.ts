// SPDX-License-Identifier: Apache-2.0

/**
 * What a board and its host say to each other while an image passes, on a line that carries every byte:
 *
 *     host -> board   [0, manifest: bstr]   [1, bytes of the image: bstr]   [2]: that was all
 *     board -> host   [reason: uint]        0 where nothing was refused, else its number (src/refusal.ts)
 */
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { refuse } from '../refusal.ts';

export const UpdateStep = Object.freeze({ begin: 0, write: 1, finish: 2 } as const);

export type UpdateMessage =
  | { readonly step: typeof UpdateStep.begin | typeof UpdateStep.write; readonly bytes: Uint8Array }
  | { readonly step: typeof UpdateStep.finish };

/** Bytes of the image in one message. */
export const PART_BYTES = 2048;

export function encodeUpdateMessage(message: UpdateMessage): Uint8Array {
  return message.step === UpdateStep.finish
    ? encodeFlat([message.step])
    : encodeFlat([message.step, message.bytes]);
}

/** Refuses with `messageInvalid` what is none. */
export function decodeUpdateMessage(encoded: Uint8Array): UpdateMessage {
  const [step, bytes, ...more] = decodeFlat(encoded);
  if (step === UpdateStep.finish && bytes === undefined) return { step };
  const hasBytes = (step === UpdateStep.begin || step === UpdateStep.write) && typeof bytes === 'object';
  return hasBytes && more.length === 0 ? { step, bytes } : refuse('messageInvalid');
}

export function encodeAnswer(reason: number): Uint8Array {
  return encodeFlat([reason]);
}

/** Refuses with `messageInvalid` what is none. */
export function decodeAnswer(encoded: Uint8Array): number {
  const [reason, ...more] = decodeFlat(encoded);
  return typeof reason === 'number' && more.length === 0 ? reason : refuse('messageInvalid');
}
