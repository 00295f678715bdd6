// SPDX-License-Identifier: Apache-2.0

/**
 * Readings of one PNE at the CPNS Server, alone or together: each has its number, is handed over once, and gets a receipt
 * once it is stored.
 */
import type { PnOperation } from '../authorization/membership.ts';
import { equalBytes } from '../bytes/compare.ts';
import { CborReader } from '../cbor/reader.ts';
import { judge } from '../delivery/inbox.ts';
import type { PayloadCodec } from '../payload/payload.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import type { Agreement } from './interface.ts';
import { type Message, MessageType } from './message.ts';
import type { PeerLedger } from './peer-ledger.ts';
import { type PeerRecord, readingId, withReading } from './peer-record.ts';
import { decodeNames, decodeReadings } from './readings-message.ts';
import type { Reading } from './server-store.ts';
import { Status, type StatusCode } from './status.ts';

export interface PeerReadingsOptions {
  readonly pneId: string;
  readonly ledger: PeerLedger;
  readonly payloads: PayloadCodec;
  permits(operation: PnOperation): boolean;
  /** In this session; nothing where it is no longer the PNE's. */
  send(session: Agreement, message: Message): void;
  onReading(pneId: string, reading: Reading): void;
  onRefused(reason: ReasonName, pneId: string): void;
}

/** What is new and can be decoded. */
interface Taken {
  readonly number: number;
  readonly payload: Uint8Array;
  readonly value: unknown;
}

export class PeerReadings {
  private readonly options: PeerReadingsOptions;
  /** Numbers that are being stored. */
  private readonly storing = new Set<number>();
  /** What the PNE has told in this session, as it is encoded. */
  private names: readonly Uint8Array[] = [];
  private session: Agreement | undefined;

  constructor(options: PeerReadingsOptions) {
    this.options = options;
  }

  get fields(): readonly string[] {
    return this.names.map((name) => new CborReader(name).textString());
  }

  /** To be called before a registration is answered. A new session has no names yet. */
  greet(session: Agreement): void {
    if (session !== this.session) this.names = [];
    this.session = session;
    this.tellKnown(session);
  }

  /** Takes a verified message of readings, or of names. Refuses what it cannot read. */
  receive(session: Agreement, type: number, bytes: Uint8Array): void {
    if (type === MessageType.dictionary) return this.learn(session, bytes);
    const { first, payloads } = this.decode(session, bytes);
    this.take(session, first, payloads);
  }

  /** Takes readings with numbers from `first` on. */
  take(session: Agreement, first: number, payloads: readonly Uint8Array[]): void {
    const { received } = this.options.ledger.record;
    const taken: Taken[] = [];
    const seen: number[] = [];
    const unauthorized: number[] = [];
    const invalid: number[] = [];
    payloads.forEach((payload, index) => {
      const number = first + index;
      const judgement = judge(received, number);
      if (judgement === 'tooOld') this.report('tooOldToTell');
      else if (judgement === 'seen') seen.push(number);
      else if (this.storing.has(number)) return;
      else if (!this.options.permits('pn-report')) unauthorized.push(number);
      else {
        const value = this.valueOf(payload);
        if (value === undefined) invalid.push(number);
        else taken.push({ number, payload, ...value });
      }
    });
    this.confirm(session, seen, Status.ok);
    this.confirm(session, invalid, Status.badRequest);
    this.reject(session, unauthorized);
    if (taken.length > 0) this.store(session, taken);
  }

  /** A PNE that believes more names to be known than are is told, and sends it again. */
  private decode(session: Agreement, bytes: Uint8Array): ReturnType<typeof decodeReadings> {
    try {
      return decodeReadings(bytes, this.names);
    } catch (error) {
      if (error instanceof Refusal && error.reasonName === 'nameUnknown') this.tellKnown(session);
      throw error;
    }
  }

  /** A message that comes late has fewer names than are known. */
  private learn(session: Agreement, bytes: Uint8Array): void {
    const names = decodeNames(bytes);
    const known = this.names;
    const isSame = names.every((name, index) => index >= known.length || equalBytes(name, known[index]!));
    if (!isSame) refuse('namesInvalid');
    if (names.length > known.length) this.names = names;
    this.tellKnown(session);
  }

  private tellKnown(session: Agreement): void {
    this.options.send(session, { type: MessageType.dictionary, known: this.names.length });
  }

  private valueOf(payload: Uint8Array): { readonly value: unknown } | undefined {
    try {
      return { value: this.options.payloads.decode(payload) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.report(error.reasonName);
      return undefined;
    }
  }

  private store(session: Agreement, taken: readonly Taken[]): void {
    const { ledger, pneId, onReading } = this.options;
    let readings: Reading[] = [];
    let numbers: number[] = [];
    let mayReport = true;
    for (const { number } of taken) this.storing.add(number);
    ledger.change(
      (record) => {
        readings = [];
        numbers = [];
        // The commit expects the grant that is known now, and no more the one by which these were let in.
        mayReport = this.options.permits('pn-report');
        if (!mayReport) return { record };
        return { record: withReadings(record, taken, readings, numbers), readings };
      },
      (stored) => {
        for (const { number } of taken) this.storing.delete(number);
        if (!mayReport)
          return this.reject(
            session,
            taken.map(({ number }) => number),
          );
        if (!stored) return this.report('storeFailed');
        for (let old = taken.length - readings.length; old > 0; old--) this.report('tooOldToTell');
        for (const reading of readings) onReading(pneId, reading);
        this.confirm(session, numbers, Status.ok);
      },
    );
  }

  private reject(session: Agreement, unauthorized: readonly number[]): void {
    this.confirm(session, unauthorized, Status.notAuthorized);
    for (const _ of unauthorized) this.report('notAuthorized');
  }

  private report(reason: ReasonName): void {
    this.options.onRefused(reason, this.options.pneId);
  }

  /** One receipt for all of them. They lie within a window. */
  private confirm(session: Agreement, numbers: readonly number[], status: StatusCode): void {
    const [number] = numbers;
    if (number === undefined) return;
    const more = numbers.slice(1).reduce((bits, each) => bits + 2 ** (each - number - 1), 0);
    this.options.send(session, { type: MessageType.receipt, number, status, more });
  }
}

/** Adds to `readings` and `numbers` what is new to the record. */
function withReadings(
  record: PeerRecord,
  taken: readonly Taken[],
  readings: Reading[],
  numbers: number[],
): PeerRecord {
  let next = record;
  for (const { number, payload, value } of taken) {
    const changed = withReading(next, number);
    if (changed === undefined) continue;
    next = changed;
    readings.push({ id: readingId(next, number), payload, value });
    numbers.push(number);
  }
  return next;
}
