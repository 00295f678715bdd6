// SPDX-License-Identifier: Apache-2.0

/**
 * What owners were asked and have answered, and how open it is what they own, over the key-value contract:
 *
 *     key = 'C' operation length(subject) subject target    consent = [number: uint, state: uint, until: uint]
 *     key = 'O' operation target                            disclosure = [openness: uint, owner: tstr, boot: uint, serial: uint]
 *     key = 'E'                                             the highest number so far; its version is new with each change
 *
 * The operation is a byte: its place in ASKED_OPERATIONS. What has no disclosure is open to whoever has a grant. `boot` and
 * `serial` are those of the owner's message that said so last: one that was sent before it changes nothing. A row counts
 * until its time, in seconds since 1970, and goes with a later change then.
 */
import { ADMINISTRATOR, type Answer, type Openness } from '../authorization/decision.ts';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import {
  ASKED_OPERATIONS,
  type AskedOperation,
  type NumberedQuestion,
  type Question,
} from '../roles/consent.ts';
import { type Changes, type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';

const CONSENTS = Uint8Array.of(0x43);
const DISCLOSURES = Uint8Array.of(0x4f);
export const CONSENTS_EDITION = Uint8Array.of(0x45);

const STATES = Object.freeze(['asked', 'consented', 'refused'] as const);
const LEVELS: readonly Openness[] = Object.freeze(['closed', 'open', 'ask']);

export interface Consent extends NumberedQuestion {
  readonly state: 'asked' | Answer;
  /** Seconds since 1970. */
  readonly until: number;
}

export interface Disclosure {
  readonly openness: Openness;
  readonly owner: string;
  readonly boot: number;
  readonly serial: number;
}

export const OPEN: Disclosure = Object.freeze({ openness: 'open', owner: ADMINISTRATOR, boot: 0, serial: 0 });

/** As it is stored: by the keys of rows, in hexadecimal. */
export interface Consents {
  readonly rows: ReadonlyMap<string, Consent>;
  readonly disclosures: ReadonlyMap<string, Disclosure>;
  readonly versions: ReadonlyMap<string, number>;
  readonly highest: number;
}

export async function readConsents(store: KeyValueStore): Promise<Consents> {
  const edition = await store.get(CONSENTS_EDITION);
  const rows = new Map<string, Consent>();
  const disclosures = new Map<string, Disclosure>();
  const versions = new Map<string, number>();
  for await (const entry of entriesUnder(store, CONSENTS)) {
    const consent = readConsent(entry);
    rows.set(nameOf(consent), consent);
    versions.set(nameOf(consent), entry.version);
  }
  for await (const entry of entriesUnder(store, DISCLOSURES)) {
    const name = toHex(entry.key);
    disclosures.set(name, readDisclosure(entry));
    versions.set(name, entry.version);
  }
  return { rows, disclosures, versions, highest: edition === undefined ? 0 : numberIn(edition) };
}

/** By which `Consents` has a question. */
export function nameOf(question: Question): string {
  return toHex(consentKey(question));
}

export function disclosureName(operation: AskedOperation, target: string): string {
  return toHex(disclosureKey(operation, target));
}

/** Changes that belong together. `highest`: of the numbers, where one was given. */
export interface ConsentChanges extends Pick<Changes, 'puts' | 'deletes'> {
  readonly highest?: number;
}

/**
 * Applies a change to what is stored now, and to what it has become where somebody else was quicker. Returns what `apply`
 * has made of it; undefined, and changes nothing, where that is nothing. `now`: seconds since 1970.
 */
export async function changeConsents<Made extends ConsentChanges>(
  store: KeyValueStore,
  now: number,
  apply: (consents: Consents) => Made | undefined,
): Promise<Made | undefined> {
  const edition = await store.get(CONSENTS_EDITION);
  const consents = await readConsents(store);
  const made = apply(consents);
  if (made === undefined) return undefined;
  const { puts = [], deletes = [], highest = consents.highest } = made;
  const version = await store.commit({
    expected: [{ key: CONSENTS_EDITION, version: edition?.version }],
    puts: [...puts, { key: CONSENTS_EDITION, value: new CborWriter().integer(highest).finish() }],
    deletes: [...deletes, ...lapsed(consents, now, [...puts.map(({ key }) => key), ...deletes])],
  });
  return version === undefined ? changeConsents(store, now, apply) : made;
}

/** Rows whose time is over, a page of them at most. No key is in one commit twice. */
function lapsed({ rows }: Consents, now: number, besides: readonly Uint8Array[]): Uint8Array[] {
  const names = new Set(besides.map((key) => toHex(key)));
  const over = [...rows].filter(([name, { until }]) => until <= now && !names.has(name));
  return over.slice(0, NodeLimits.storePage / 2).map(([name]) => fromHex(name));
}

export function consentPut(consent: Consent): Pick<Entry, 'key' | 'value'> {
  const { number, state, until } = consent;
  const value = new CborWriter().array(3).integer(number).integer(STATES.indexOf(state)).integer(until);
  return { key: consentKey(consent), value: value.finish() };
}

export function disclosurePut(
  operation: AskedOperation,
  target: string,
  { openness, owner, boot, serial }: Disclosure,
): Pick<Entry, 'key' | 'value'> {
  const value = new CborWriter().array(4).integer(LEVELS.indexOf(openness)).textString(owner);
  return { key: disclosureKey(operation, target), value: value.integer(boot).integer(serial).finish() };
}

function consentKey({ operation, subject, target }: Question): Uint8Array {
  const name = encodeUtf8(subject);
  if (name.length > NodeLimits.deviceMaxNameBytes) refuse('tooLong');
  return concatBytes(
    concatBytes(CONSENTS, Uint8Array.of(ASKED_OPERATIONS.indexOf(operation), name.length), name),
    encodeUtf8(target),
  );
}

function disclosureKey(operation: AskedOperation, target: string): Uint8Array {
  return concatBytes(DISCLOSURES, Uint8Array.of(ASKED_OPERATIONS.indexOf(operation)), encodeUtf8(target));
}

function readConsent({ key, value }: Entry): Consent {
  const operation = ASKED_OPERATIONS[key[1]!] ?? refuse('recordInvalid');
  const end = 3 + (key[2] ?? refuse('recordInvalid'));
  if (key.length < end) refuse('recordInvalid');
  const reader = new CborReader(value);
  if (reader.array() !== 3) refuse('recordInvalid');
  const number = reader.unsigned();
  const state = STATES[reader.unsigned()] ?? refuse('recordInvalid');
  const until = reader.unsigned();
  reader.end();
  const question = {
    operation,
    subject: decodeUtf8(key.subarray(3, end)),
    target: decodeUtf8(key.subarray(end)),
  };
  return { ...question, number, state, until };
}

function readDisclosure({ value }: Entry): Disclosure {
  const reader = new CborReader(value);
  if (reader.array() !== 4) refuse('recordInvalid');
  const openness = LEVELS[reader.unsigned()] ?? refuse('recordInvalid');
  const disclosure = {
    openness,
    owner: reader.textString(),
    boot: reader.unsigned(),
    serial: reader.unsigned(),
  };
  reader.end();
  return disclosure;
}

function numberIn({ value }: Entry): number {
  const reader = new CborReader(value);
  const number = reader.unsigned();
  reader.end();
  return number;
}
