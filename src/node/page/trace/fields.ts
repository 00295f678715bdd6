// SPDX-License-Identifier: Apache-2.0

/** The bytes of a stage, each under the name of the field that it is of, as ARCHITECTURE.md draws them. */
import { toHex } from '../../../bytes/hex.ts';
import { Channel } from '../../../link/channel.ts';
import { decodeFragment } from '../../../link/fragment.ts';
import { GatewayChannel } from '../../../link/gateway-channel.ts';
import { Refusal } from '../../../refusal.ts';
import { MessageType } from '../../../roles/message.ts';
import { compressedHeaderLength, parseCompressed } from '../../../session/compressed.ts';
import { cborFields, counted } from './cbor-fields.ts';
import type { FieldView, Stage, StageView } from './stage.ts';

export function viewOf(stage: Stage): StageView {
  const { name, where, bytes } = stage;
  return { name, where, length: bytes.length, fields: fieldsOf(stage) };
}

/** What cannot be read stands as it is: others may have sent it. */
function fieldsOf(stage: Stage): FieldView[] {
  const whole = field(stage.bytes, counted(stage.bytes.length, 'byte'));
  try {
    const fields = READERS[stage.form](stage);
    return fields.map(({ hex }) => hex).join('') === whole.hex ? fields : [whole];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [whole];
  }
}

const READERS: Readonly<Record<Stage['form'], (stage: Stage) => FieldView[]>> = Object.freeze({
  payload: ({ bytes }) => cborFields(bytes),
  message: ({ bytes }) => messageFields(bytes),
  record: recordFields,
  hop: (stage) => headed(stage, 'CPNS-3'),
  link: ({ bytes }) => [channelField(bytes), field(bytes.subarray(1), 'the record of CPNS-1')],
  value: ({ bytes }) => valueFields(bytes),
  air: ({ bytes }) => airFields(bytes),
  route: ({ bytes }) => routeFields(bytes),
  'gateway record': (stage) => [
    channelField(stage.bytes),
    ...recordFields({ ...stage, bytes: stage.bytes.subarray(1) }),
  ],
});

const TYPE_NAMES = new Map<number, string>(Object.entries(MessageType).map(([name, type]) => [type, name]));

const CHANNEL_NAMES = new Map<number, string>([
  [Channel.hopRecord, 'a record of CPNS-1'],
  [Channel.endToEndRecord, 'a record of CPNS-3'],
  [GatewayChannel.record, 'a record of CPNS-2'],
  [GatewayChannel.routes, 'routes'],
]);

function messageFields(bytes: Uint8Array): FieldView[] {
  const [array, type, number, ...rest] = cborFields(bytes);
  if (array === undefined || type === undefined || number === undefined) return cborFields(bytes);
  const kind = TYPE_NAMES.get(Number(type.means)) ?? type.means;
  return [
    array,
    { ...type, means: kind },
    { ...number, means: `number ${number.means}` },
    ...(kind === 'reading' ? rest.map((each) => ({ ...each, means: 'the payload' })) : []),
    ...(kind === 'receipt'
      ? rest.map((each, at) => ({ ...each, means: `${RECEIPT[at]} ${each.means}` }))
      : []),
    ...(kind === 'readings' ? conciseFields(rest) : []),
    ...(kind === 'reading' || kind === 'receipt' || kind === 'readings' ? [] : rest),
  ];
}

/** src/payload/concise.cddl: numbers stand for names, and a tag says by what the digits behind it are divided. */
function conciseFields(fields: readonly FieldView[]): FieldView[] {
  let comesKey = false;
  let isPlain = true;
  return fields.map(({ hex, means }) => {
    const isKey = comesKey && isPlain;
    const tag = /^tag (\d+)$/.exec(means)?.[1];
    isPlain &&= !means.startsWith('array of');
    if (tag === undefined) comesKey = means.startsWith('map of') || !comesKey;
    if (tag !== undefined)
      return { hex, means: `decimal: what follows, divided by 10^${Number(tag) - TAG_OF_WHOLE}` };
    return { hex, means: isKey && /^\d+$/.test(means) ? `name ${means}` : means };
  });
}

/** Below the tags of src/payload/concise.cddl: 6 stands for tenths. */
const TAG_OF_WHOLE = 5;

const RECEIPT = Object.freeze(['status', 'bits of further numbers:']);

/** src/session/compressed.ts draws it. */
function recordFields({ bytes, tagLength }: Stage): FieldView[] {
  const { sequence, kid, kidContext, body } = parseCompressed(bytes);
  const header = bytes.subarray(0, compressedHeaderLength(sequence, kid, kidContext));
  const kidStart = header.length - kid.length;
  const sealed = body.length - tagLength;
  return [
    field(
      header.subarray(0, kidStart),
      `${header[0]! < 0x80 ? 'short' : 'extended'} form, Partial IV ${sequence}`,
    ),
    field(header.subarray(kidStart), 'kid: who is to open it'),
    field(body.subarray(0, sealed), `${counted(sealed, 'byte')} of ciphertext`),
    field(body.subarray(sealed), `${counted(tagLength, 'byte')} of tag`),
  ].filter(({ hex }) => hex !== '');
}

/** A record of CPNS-1, or, where that is delegated to the link, the message as it is. */
function headed(stage: Stage, inner: string): FieldView[] {
  const { bytes, tagLength } = stage;
  if (tagLength > 0) return recordFields(stage);
  return [
    channelField(bytes),
    field(bytes.subarray(1), `the record of ${inner}, bare: the link protects it`),
  ];
}

function valueFields(bytes: Uint8Array): FieldView[] {
  const { isFirst, isLast, number, bytes: rest } = decodeFragment(bytes);
  const place = [isFirst && 'first', isLast && 'last'].filter(Boolean).join(' and ') || 'further';
  const head = bytes.length - rest.length;
  return [
    field(bytes.subarray(0, 2), `${place} of its message, number ${number}`),
    ...(head > 2 ? [field(bytes.subarray(2, head), 'how long the message is')] : []),
    field(rest, 'of the link message'),
  ];
}

/** Header, and L2CAP, ATT and value under the link's key. */
function airFields(bytes: Uint8Array): FieldView[] {
  const micStart = Math.max(2, bytes.length - MIC_BYTES);
  return [
    field(bytes.subarray(0, 2), 'header of the link layer, length'),
    field(bytes.subarray(2, micStart), 'L2CAP, ATT and the value, encrypted by the link'),
    field(bytes.subarray(micStart), 'MIC'),
  ];
}

const MIC_BYTES = 4;

function routeFields(bytes: Uint8Array): FieldView[] {
  const [array, flow, message] = cborFields(bytes);
  if (array === undefined || flow === undefined || message === undefined) return cborFields(bytes);
  return [
    array,
    { ...flow, means: `flow ${flow.means}: which link of the gateway` },
    { ...message, means: 'the message of CPNS-3' },
  ];
}

function channelField(bytes: Uint8Array): FieldView {
  return field(bytes.subarray(0, 1), CHANNEL_NAMES.get(bytes[0] ?? 0) ?? 'channel');
}

function field(bytes: Uint8Array, means: string): FieldView {
  return { hex: toHex(bytes), means };
}
