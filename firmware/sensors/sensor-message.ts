// SPDX-License-Identifier: Apache-2.0

/**
 * Where the readings of a simulated board come from, and where its figures go: a link to the host that
 * runs it.
 *
 *     board -> host   sample  = [0, count: uint]       ; asks for the next readings
 *     board -> host   figures = [1, text: tstr]        ; Figures (sensor.ts) as JSON
 *     host -> board   reading = [2, payload: bstr]     ; one reading, as src/payload writes it
 *     host -> board   end     = [3]                    ; no more readings
 *
 * A real board samples its own sensor instead; nothing here is part of the security function.
 */
import { CborReader } from '../../src/cbor/reader.ts';
import { CborWriter } from '../../src/cbor/writer.ts';
import { refuse } from '../../src/refusal.ts';

export const SensorMessageType = Object.freeze({ sample: 0, figures: 1, reading: 2, end: 3 } as const);

export type SensorMessage =
  | { readonly type: typeof SensorMessageType.sample; readonly count: number }
  | { readonly type: typeof SensorMessageType.figures; readonly text: string }
  | { readonly type: typeof SensorMessageType.reading; readonly payload: Uint8Array }
  | { readonly type: typeof SensorMessageType.end };

export function encodeSensorMessage(message: SensorMessage): Uint8Array {
  const writer = new CborWriter().array(message.type === SensorMessageType.end ? 1 : 2).integer(message.type);
  if (message.type === SensorMessageType.sample) writer.integer(message.count);
  else if (message.type === SensorMessageType.figures) writer.textString(message.text);
  else if (message.type === SensorMessageType.reading) writer.byteString(message.payload);
  return writer.finish();
}

/** A payload is borrowed from `bytes`. Refuses whatever is not exactly one message. */
export function decodeSensorMessage(bytes: Uint8Array): SensorMessage {
  const reader = new CborReader(bytes);
  const length = reader.array();
  const type = reader.unsigned();
  if (length !== (type === SensorMessageType.end ? 1 : 2)) refuse('messageInvalid');
  const message = decodeFields(type, reader);
  reader.end();
  return message;
}

function decodeFields(type: number, reader: CborReader): SensorMessage {
  switch (type) {
    case SensorMessageType.sample:
      return { type, count: reader.unsigned() };
    case SensorMessageType.figures:
      return { type, text: reader.textString() };
    case SensorMessageType.reading:
      return { type, payload: reader.byteString() };
    case SensorMessageType.end:
      return { type };
    default:
      return refuse('messageInvalid');
  }
}
