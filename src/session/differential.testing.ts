// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { type Below, createRandom, randomBytes } from '../bytes/random.testing.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { SpecificationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { encodeCompressed, parseCompressed } from './compressed.ts';
import type { FormReader } from './ends.ts';
import { expandRecord } from './expand.ts';
import { readEither, readFull } from './forms.ts';
import { keyLimits } from './key-limits.ts';
import { decodePartialIv } from './partial-iv.ts';
import type { SecurityContext, Session, SessionOptions } from './session.ts';
import { ALGORITHMS, mirrored, open } from './test-fixture.ts';

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

const SEED = 0x0dd5eed;
const RECORDS_PER_CASE = 8;
const END = SpecificationLimits.maxSequenceNumber + 1;
/** Where a Partial IV gets longer, and where numbers end. */
const BOUNDARIES = [0, 2 ** 7, 2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32, END];
/** undefined accepts compressed records alone. */
const FORMS: readonly (FormReader | undefined)[] = [undefined, undefined, readFull, readEither];

/** Returns 0..limit-1. */

/** Both implementations of one end. */
type Both = readonly [Session, Session];

/**
 * Sessions over two providers, each with records of its own, must make the same bytes of random arguments,
 * refuse for the same reasons, and remember the same.
 */
export function runRecordDifferentialTests(
  ours: CryptoProvider,
  theirs: CryptoProvider,
  cases: number,
): void {
  const test = suite('records in one call and in TypeScript');

  test('agree on bytes, reasons and what was received', () => {
    assert.ok(cases > 0);
    assert.is.not(ours.records, theirs.records);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < cases; i++) runCase([ours, theirs], createRandom(SEED + i), outcomes, `case ${i}`);
    const count = [...outcomes.values()].reduce((sum, n) => sum + n, 0);
    console.log(`  ${ours.name} records and TypeScript's: ${count} of ${count} random calls`);
    for (const reason of EXPECTED) assert.ok(outcomes.has(reason) || cases < 1000, `none was ${reason}`);
  });

  test.run();
}

/** What random calls come to, in a thousand cases. */
const EXPECTED = [
  'bytes',
  'truncated',
  'tooLong',
  'headerInvalid',
  'kidUnknown',
  'contextUnknown',
  'decryptionFailure',
  'integrityFailure',
  'replay',
  'sequenceExhausted',
  'keyLimitReached',
  'formNotAccepted',
  'keyWiped',
  'targetTooShort',
];

function runCase(
  providers: readonly CryptoProvider[],
  random: () => number,
  outcomes: Map<string, number>,
  name: string,
): void {
  const below: Below = (limit) => random() % limit;
  const algorithm = ALGORITHMS[below(ALGORITHMS.length)]![1];
  const given = drawContext(algorithm, random, below);
  const { sending, receiving } = drawOptions(algorithm, below);
  const contexts = providers.map((provider) => contextOver(provider, algorithm, given));
  const senders = contexts.map((context) => open(context, sending)) as unknown as Both;
  const recipients = contexts.map((context) => open(mirrored(context), receiving)) as unknown as Both;
  const passed: Uint8Array[] = [];

  for (let step = 0; step < RECORDS_PER_CASE; step++) {
    const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const plaintext = below(30) === 0 ? new Uint8Array(4090 + below(10)) : randomBytes(random, below(80));
    const record = same(senders, `${name}, protect`, drawProtect(plaintext, below), count);
    if (record !== undefined) passed.push(record);
    if (passed.length === 0) continue;
    const changed = change(passed[below(passed.length)]!, algorithm, random, below);
    same(recipients, `${name}, unprotect`, (session) => session.unprotect(changed), count);
    assert.equal(recipients[0].received(), recipients[1].received(), name);
    if (below(60) === 0) for (const session of [...senders, ...recipients]) session.close();
  }
}

type Given = Pick<SecurityContext, 'masterSalt' | 'senderId' | 'recipientId'> & {
  readonly masterSecret: Uint8Array;
  readonly idContext: Uint8Array | undefined;
};

function drawContext(algorithm: number, random: () => number, below: Below): Given {
  const isMac = keyLimits(algorithm).maxSealed === END && algorithm < 10;
  const longest = isMac || algorithm === 10 || algorithm === 30 ? 7 : 6;
  const senderId = randomBytes(random, below(longest + 1));
  const recipientId = randomBytes(random, senderId.length === 0 ? 1 : below(senderId.length));
  return {
    masterSecret: randomBytes(random, 16),
    masterSalt: randomBytes(random, below(9)),
    senderId,
    recipientId,
    idContext: below(3) === 0 ? randomBytes(random, below(17)) : undefined,
  };
}

function contextOver(provider: CryptoProvider, algorithm: number, given: Given): SecurityContext {
  const { idContext, masterSecret, ...rest } = given;
  return {
    ...rest,
    provider,
    algorithm,
    masterSecret: provider.secret(masterSecret),
    ...(idContext !== undefined && { idContext }),
  };
}

/** Numbers start near where something changes; a recipient may have seen some, and failed at some. */
function drawOptions(
  algorithm: number,
  below: Below,
): Record<'sending' | 'receiving', Partial<SessionOptions>> {
  const { maxSealed, maxFailed } = keyLimits(algorithm);
  const boundary = [...BOUNDARIES, maxSealed][below(BOUNDARIES.length + 1)]!;
  const firstSequenceNumber = Math.min(END, Math.max(0, boundary - below(6)));
  const highest = below(3) === 0 ? Math.max(-1, Math.min(END - 1, firstSequenceNumber + below(40) - 20)) : -1;
  const seen = highest === -1 ? 0 : ((below(2 ** 16) * 2 ** 16 + below(2 ** 16)) | 1) >>> 0;
  const failed = below(8) === 0 ? maxFailed - below(3) : below(5);
  const received = { highest, seen, failed };
  const readForm = FORMS[below(FORMS.length)];
  return {
    sending: { firstSequenceNumber },
    receiving: readForm === undefined ? { received } : { received, readForm },
  };
}

/** Into a target, which may have no room, or into bytes of its own. */
function drawProtect(plaintext: Uint8Array, below: Below): (session: Session) => Uint8Array {
  if (below(3) > 0) return (session) => session.protect(plaintext);
  const length = plaintext.length + below(80);
  return (session) => {
    const target = new Uint8Array(length);
    return target.subarray(0, session.protectInto(plaintext, target));
  };
}

/** What may become of a record on its way. */
function change(record: Uint8Array, algorithm: number, random: () => number, below: Below): Uint8Array {
  switch (below(9)) {
    case 0:
      return flipped(record, below(8 * record.length));
    case 1:
      return flipped(record, below(8 * Math.min(8, record.length)));
    case 2:
      return record.slice(0, below(record.length));
    case 3:
      return concatBytes(record, new Uint8Array(below(10) === 0 ? 4200 : below(40)));
    case 4:
      return randomBytes(random, below(60));
    case 5:
      return expandRecord(record, algorithm);
    case 6:
      return renamed(record, random, below);
    default:
      return record;
  }
}

function flipped(record: Uint8Array, bit: number): Uint8Array {
  const copy = record.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** Another number, kid or kid context in front of the same body. */
function renamed(record: Uint8Array, random: () => number, below: Below): Uint8Array {
  const { sequence, kid, kidContext, body } = parseCompressed(record);
  const which = below(3);
  return encodeCompressed(
    which === 0 ? decodePartialIv(Uint8Array.of(1 + below(255), ...randomBytes(random, below(5)))) : sequence,
    which === 1 ? randomBytes(random, below(8)) : kid,
    which === 2 ? (below(2) === 0 ? undefined : randomBytes(random, below(17))) : kidContext,
    body,
  );
}

/** Calls both and compares. Returns the bytes where there are any. */
function same(
  [ours, theirs]: Both,
  name: string,
  call: (session: Session) => Uint8Array,
  count: (outcome: string) => void,
): Uint8Array | undefined {
  const [actual, expected] = [outcomeOf(ours, call), outcomeOf(theirs, call)];
  if (typeof actual === 'string' || typeof expected === 'string') {
    assert.is(actual, expected, name);
    count(actual as string);
    return undefined;
  }
  assert.ok(actual.length === expected.length && actual.every((byte, i) => byte === expected[i]), name);
  count('bytes');
  return actual;
}

function outcomeOf(session: Session, call: (session: Session) => Uint8Array): Uint8Array | string {
  try {
    return call(session);
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
}
