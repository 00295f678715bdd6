// SPDX-License-Identifier: Apache-2.0

/**
 * Follows readings on their way, by what a CPNS Server opened and sealed, and, where somebody tells of it, by what was on
 * the way before. Nothing is made again: the bytes are those that passed.
 */
import { toHex } from '../../../bytes/hex.ts';
import { Major } from '../../../cbor/head.ts';
import { CborReader } from '../../../cbor/reader.ts';
import { ImplementationLimits } from '../../../limits.ts';
import { Channel } from '../../../link/channel.ts';
import { GatewayChannel } from '../../../link/gateway-channel.ts';
import { decodeRoute, splitRoutes } from '../../../link/route.ts';
import { Refusal } from '../../../refusal.ts';
import { decodeMessage, MessageType } from '../../../roles/message.ts';
import type { Reading } from '../../../roles/server-store.ts';
import { viewOf } from './fields.ts';
import type { RecordObserver, SeenRecord } from './record-tap.ts';
import type { Stage, TraceView } from './stage.ts';

/** Readings of one PNE that are kept, messages of it that may hold the next one, and records seen on the way. */
const MAX_TRACES = 16;
const MAX_MESSAGES = 16;
const MAX_ON_THE_WAY = 256;

interface Trace {
  readonly pne: string;
  readonly id: number;
  readonly number: number;
  readonly together: number;
  readonly stages: readonly Stage[];
  receipt: readonly Stage[];
}

/** A message of readings that the server opened. */
interface Arrived {
  readonly numbers: { readonly first: number; readonly count: number };
  readonly stages: readonly Stage[];
}

export class ReadingTracer {
  private readonly traces = new Map<string, Trace[]>();
  private readonly arrived = new Map<string, Arrived[]>();
  private readonly owners = new WeakMap<object, string>();
  /** What a record of CPNS-3 was in before the server had it, by its bytes. */
  private readonly before = new Map<string, readonly Stage[]>();
  /** Readings whose receipt comes next. */
  private unanswered: Trace[] = [];
  /** Those that the record of a receipt answers, by its bytes. */
  private readonly answers = new Map<string, readonly Trace[]>();
  private outer: { readonly routes: readonly Uint8Array[]; readonly record: Stage } | undefined;

  /** Of the server's own records: a route comes before the record that is in it, and a receipt after the reading. */
  readonly server: RecordObserver = {
    onOpened: (seen) => this.guard(() => this.opened(seen)),
    onSealed: (seen) => this.guard(() => this.sealed(seen)),
  };

  /** A message of CPNS-3 has passed the gateway, from a PNE, in these forms, the first last. */
  onTheWay(message: Uint8Array, stages: readonly Stage[]): void {
    if (message[0] === Channel.endToEndRecord) keep(this.before, toHex(message.subarray(1)), stages);
  }

  /** The same on the way to a PNE. */
  onTheWayBack(message: Uint8Array, stages: readonly Stage[]): void {
    if (message[0] !== Channel.endToEndRecord) return;
    for (const trace of this.answers.get(toHex(message.subarray(1))) ?? [])
      trace.receipt = [...trace.receipt, ...stages];
  }

  /** The server has taken a reading. */
  reading(pne: string, { id, payload }: Reading): void {
    const number = id % ImplementationLimits.maxReadingsPerBoot;
    const isIts = ({ numbers: { first, count } }: Arrived) => number >= first && number < first + count;
    const found = this.arrived.get(pne)?.findLast(isIts);
    if (found === undefined) return;
    const given = stage('payload', 'payload', 'application of the PNE', payload);
    const { count: together } = found.numbers;
    const trace = { pne, id, number, together, stages: [given, ...found.stages], receipt: [] };
    this.traces.set(pne, [...(this.traces.get(pne) ?? []), trace].slice(-MAX_TRACES));
    this.unanswered = [...this.unanswered, trace].slice(-MAX_TRACES);
  }

  /** undefined where it is not kept any more. */
  view(pne: string, id: number): TraceView | undefined {
    const trace = this.traces.get(pne)?.find((each) => each.id === id);
    if (trace === undefined) return undefined;
    const { together, stages, receipt } = trace;
    return { pne, id, together, stages: stages.map(viewOf), receipt: receipt.map(viewOf) };
  }

  forget(pne: string): void {
    this.traces.delete(pne);
    this.arrived.delete(pne);
  }

  private opened(seen: SeenRecord): void {
    const { record, plaintext, tagLength, end } = seen;
    if (plaintext[0] === GatewayChannel.routes) {
      this.outer = {
        routes: splitRoutes(plaintext.subarray(1)),
        record: stage('gateway record', 'record of CPNS-2', 'CPNS-2', onGatewayLink(record), tagLength),
      };
      return;
    }
    if (plaintext[0]! >> 5 !== Major.array) return;
    if (plaintext[1] === MessageType.registration) return this.own(end, plaintext);
    const pne = this.owners.get(end);
    const numbers = numbersIn(plaintext);
    if (pne === undefined || numbers === undefined) return;
    const before = this.before.get(toHex(record)) ?? [];
    const stages = [
      stage('message', 'message', 'PNE and CPNS Server', plaintext),
      stage('record', 'record of CPNS-3', 'PNE to CPNS Server', record, tagLength),
      ...before,
      ...this.outerOf(record),
    ];
    const known = this.arrived.get(pne) ?? [];
    this.arrived.set(pne, [...known, { numbers, stages }].slice(-MAX_MESSAGES));
  }

  /** The first message of a session says whose it is: nothing else is taken before it. */
  private own(end: object, plaintext: Uint8Array): void {
    const message = decodeMessage(plaintext.slice());
    if (message.type === MessageType.registration) this.owners.set(end, message.pneId);
  }

  private outerOf(record: Uint8Array): Stage[] {
    if (this.outer === undefined) return [];
    const { routes, record: outer } = this.outer;
    const hex = toHex(record);
    const route = routes.find((each) => toHex(decodeRoute(each).message.subarray(1)) === hex);
    return route === undefined ? [] : [routeStage(route), outer];
  }

  private sealed({ record, plaintext, tagLength }: SeenRecord): void {
    if (plaintext[0] === GatewayChannel.routes) {
      for (const route of splitRoutes(plaintext.subarray(1))) this.routed(route, record, tagLength);
      return;
    }
    if (plaintext[0]! >> 5 !== Major.array || plaintext[1] !== MessageType.receipt) return;
    const numbers = numbersIn(plaintext);
    if (numbers === undefined) return;
    const isIts = ({ number }: Trace) => number >= numbers.first && number < numbers.first + numbers.count;
    const answered = this.unanswered.filter(isIts);
    this.unanswered = [];
    for (const trace of answered)
      trace.receipt = [
        stage('message', 'receipt', 'CPNS Server', plaintext),
        stage('record', 'record of CPNS-3', 'CPNS Server to PNE', record, tagLength),
      ];
    keep(this.answers, toHex(record), answered);
  }

  private routed(route: Uint8Array, record: Uint8Array, tagLength: number): void {
    this.onTheWayBack(decodeRoute(route).message, [
      routeStage(route),
      stage('gateway record', 'record of CPNS-2', 'CPNS-2', onGatewayLink(record), tagLength),
    ]);
  }

  /** What cannot be followed is refused where it belongs, and not here. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

export function stage(
  form: Stage['form'],
  name: string,
  where: string,
  bytes: Uint8Array,
  tagLength = 0,
): Stage {
  return { form, name, where, bytes, tagLength };
}

function routeStage(route: Uint8Array): Stage {
  return stage('route', 'route', 'CPNS-2, inside', route);
}

/** As it lies on CPNS-2. */
function onGatewayLink(record: Uint8Array): Uint8Array {
  return Uint8Array.of(GatewayChannel.record, ...record);
}

/** The numbers of readings that a message holds, or answers: undefined for other messages. */
function numbersIn(message: Uint8Array): Arrived['numbers'] | undefined {
  const reader = new CborReader(message);
  const length = reader.array();
  const [type, first] = [reader.unsigned(), reader.unsigned()];
  if (type === MessageType.reading) return { first, count: 1 };
  if (type === MessageType.readings) return { first, count: length - 2 };
  if (type !== MessageType.receipt) return undefined;
  reader.unsigned();
  return { first, count: length === 3 ? 1 : 32 - Math.clz32(reader.unsigned()) + 1 };
}

/** Keeps the newest few. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_ON_THE_WAY) map.delete(map.keys().next().value!);
}
