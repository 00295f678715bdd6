// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withHead } from '../bytes/copy.ts';
import { toHex } from '../bytes/hex.ts';
import { type Below, createRandom, randomBytes } from '../bytes/random.testing.ts';
import { encodeThree } from '../cbor/flat.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { ShortMessage } from '../crypto/records.ts';
import { SpecificationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { keyLimits } from './key-limits.ts';
import { type Nestable, protectNested, unprotectNested } from './nested.ts';
import type { Session, SessionOptions } from './session.ts';
import { ALGORITHMS, mirrored, open } from './test-fixture.ts';

const CASES = 300;
const RECORDS = 8;
const OUTER_HEAD = 2;
const INNER_HEAD = 4;

/** One end of both interfaces, and the other end. */
interface Both {
  readonly outer: Session;
  readonly inner: Session;
  readonly outerPeer: Session;
  readonly innerPeer: Session;
}

/** Records in records are those that two sessions make one after the other, whichever way they come about. */
export function runNestedTests(provider: CryptoProvider): void {
  const test = suite(`records in records over ${provider.name}`);

  test('are the same in one call and in two: bytes, reasons, what was received', () => {
    const outcomes = new Set<string>();
    for (let i = 0; i < CASES; i++) {
      const random = createRandom(i + 1);
      runCase(provider, random, (outcome) => outcomes.add(outcome), `case ${i}`);
    }
    for (const outcome of EXPECTED) assert.ok(outcomes.has(outcome), `none was ${outcome}`);
  });

  test("a content that was decoded is a plain object, and its payload the caller's", () => {
    const both = openBoth(provider, [10, 10], {}, {});
    const receive = (...bytes: number[]) =>
      unprotectNested(
        both.outerPeer,
        protect(both, Uint8Array.of(...bytes)),
        both.innerPeer,
        INNER_HEAD,
        (held): ShortMessage => ({ type: 3, number: held[2]!, payload: held.slice(4) }),
        () => assert.unreachable(),
      ) as { readonly payload: Uint8Array };
    const content = receive(0x83, 3, 5, 0x42, 7, 8);
    assert.equal(Object.keys(content), ['type', 'number', 'payload']);
    assert.is(Object.getPrototypeOf(content), Object.prototype);
    assert.is(Object.getPrototypeOf(content.payload), Uint8Array.prototype);
    assert.equal([...content.payload], [7, 8]);
  });

  test('a view of what was received has nothing of another message', () => {
    const both = openBoth(provider, [10, 10], {}, {});
    const first = unprotect(both, protect(both, Uint8Array.of(1, 2, 3)), () => assert.unreachable());
    const second = unprotect(both, protect(both, Uint8Array.of(4, 5)), () => assert.unreachable());
    assert.is(toHex(first!), '010203');
    assert.is(toHex(second!), '0405');
  });

  test.run();
}

/** What random messages come to. */
const EXPECTED = [
  'bytes',
  'other',
  'truncated',
  'headerInvalid',
  'kidUnknown',
  'decryptionFailure',
  'integrityFailure',
  'replay',
  'keyLimitReached',
  'sequenceExhausted',
  'tooLong',
  'keyWiped',
];

function runCase(
  provider: CryptoProvider,
  random: () => number,
  count: (outcome: string) => void,
  name: string,
): void {
  const below: Below = (limit) => random() % limit;
  const algorithms = [drawAlgorithm(below), drawAlgorithm(below)] as const;
  const options = algorithms.map((algorithm) => drawStart(algorithm, below));
  const [once, twice] = [0, 1].map(() => openBoth(provider, algorithms, options[0]!, options[1]!)) as [
    Both,
    Both,
  ];
  let last: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < RECORDS; i++) {
    const plaintext = drawPlaintext(random, below);
    const sent = same(
      name,
      count,
      () => protect(once, plaintext),
      () => protectEach(twice, plaintext),
    );
    const message = below(6) === 0 ? last : changed(sent ?? new Uint8Array(0), [once, twice], random, below);
    last = sent ?? last;
    if (message.length > 1) same(name, count, ...bothWays(once, twice, message));
    assert.equal(received(once), received(twice), name);
    if (below(40) === 0) for (const both of [once, twice]) closeOne(both, i);
  }
}

const NUMBERS = [0, 1, 23, 24, 1000, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];

/** Any bytes, of any length, and messages that a provider may know, around where it does. */
function drawPlaintext(random: () => number, below: Below): Uint8Array {
  const bytes = randomBytes(random, below(40) === 0 ? 4090 + below(8) : below(60));
  if (below(3) === 0) return bytes;
  const number = () => NUMBERS[below(NUMBERS.length)]!;
  const payload = randomBytes(random, below(4) === 0 ? 150 + below(60) : below(40));
  const message = encodeThree(below(5), number(), below(2) === 0 ? number() : payload);
  switch (below(8)) {
    case 0:
      message[below(message.length)]! ^= 1 << below(8);
      return message;
    case 1:
      return message.slice(0, below(message.length));
    case 2:
      return withHead(below(256), 1, message);
    case 3:
      return Uint8Array.of(...message, below(256));
    case 4:
      message[0] = 0x80 + below(8);
      return message;
    default:
      return message;
  }
}

function bothWays(once: Both, twice: Both, message: Uint8Array): [() => string, () => string] {
  return [
    () => described((other) => unprotect(once, message, other)),
    () => described((other) => unprotectEach(twice, message, other)),
  ];
}

function described(open: (other: (held: Uint8Array) => void) => Uint8Array | undefined): string {
  let other: Uint8Array | undefined;
  const held = open((bytes) => {
    other = bytes;
  });
  return other === undefined ? `bytes ${toHex(held!)}` : `other ${toHex(other)}`;
}

function protect({ outer, inner }: Both, plaintext: Uint8Array): Uint8Array {
  return protectNested(outer, OUTER_HEAD, inner, INNER_HEAD, plaintext);
}

function protectEach({ outer, inner }: Both, plaintext: Uint8Array): Uint8Array {
  return protectNested(alone(outer), OUTER_HEAD, alone(inner), INNER_HEAD, plaintext);
}

function unprotect(
  { outerPeer, innerPeer }: Both,
  message: Uint8Array,
  other: (held: Uint8Array) => void,
): Uint8Array | undefined {
  return bytesOf(unprotectNested(outerPeer, message, innerPeer, INNER_HEAD, asItIs, other));
}

function unprotectEach(
  both: Both,
  message: Uint8Array,
  other: (held: Uint8Array) => void,
): Uint8Array | undefined {
  const [outer, inner] = [alone(both.outerPeer), alone(both.innerPeer)];
  return bytesOf(unprotectNested(outer, message, inner, INNER_HEAD, asItIs, other));
}

const asItIs = (held: Uint8Array) => held;

/** Messages have one encoding: what was decoded is what it was decoded from. */
function bytesOf(held: Uint8Array | ShortMessage | undefined): Uint8Array | undefined {
  if (held === undefined || !('type' in held)) return held;
  return encodeThree(held.type, held.number, 'status' in held ? held.status : held.payload);
}

/** Is asked on its own. */
function alone({ protect, unprotect }: Session): Nestable {
  return { protect, unprotect, ends: undefined };
}

function received({ outerPeer, innerPeer }: Both): object {
  return [outerPeer.received(), innerPeer.received()];
}

function closeOne(both: Both, index: number): void {
  [both.outer, both.inner, both.outerPeer, both.innerPeer][index % 4]!.close();
}

function openBoth(
  provider: CryptoProvider,
  [outer, inner]: readonly [number, number],
  outerOptions: Partial<SessionOptions>,
  innerOptions: Partial<SessionOptions>,
): Both {
  const context = (algorithm: number, secret: number) => ({
    provider,
    algorithm,
    masterSecret: provider.secret(new Uint8Array(16).fill(secret)),
    masterSalt: new Uint8Array(8),
    senderId: Uint8Array.of(secret),
    recipientId: Uint8Array.of(),
  });
  return {
    outer: open(context(outer, 1), outerOptions),
    inner: open(context(inner, 2), innerOptions),
    outerPeer: open(mirrored(context(outer, 1)), {}),
    innerPeer: open(mirrored(context(inner, 2)), {}),
  };
}

function drawAlgorithm(below: Below): number {
  return ALGORITHMS[below(ALGORITHMS.length)]![1];
}

/** Where numbers get longer, end, or reach the key's limit. Blocks of numbers are reserved in between. */
function drawStart(algorithm: number, below: Below): Partial<SessionOptions> {
  const end = SpecificationLimits.maxSequenceNumber + 1;
  const starts = [0, 128, 256, 2 ** 16, end, keyLimits(algorithm).maxSealed];
  return { firstSequenceNumber: Math.max(0, starts[below(starts.length)]! - below(9)) };
}

/** What may become of a message on its way, or what else its sender says on the hop. */
function changed(message: Uint8Array, both: readonly Both[], random: () => number, below: Below): Uint8Array {
  const copy = message.slice();
  switch (below(8)) {
    case 0:
      if (copy.length > 1) copy[1 + below(copy.length - 1)]! ^= 1 << below(8);
      return copy;
    case 1:
      return copy.slice(0, below(copy.length + 1));
    case 2:
      return randomBytes(random, below(40));
    case 3:
      return hopMessage(both, Uint8Array.of(3, ...randomBytes(random, below(20))));
    case 4:
      return hopMessage(both, Uint8Array.of(INNER_HEAD, ...randomBytes(random, below(30))));
    case 5:
      return hopMessage(both, new Uint8Array(0));
    default:
      return copy;
  }
}

/** Both of them use a number up. */
function hopMessage(both: readonly Both[], held: Uint8Array): Uint8Array {
  const messages = both.map(({ outer }) => {
    try {
      return withHead(OUTER_HEAD, 1, outer.protect(held));
    } catch {
      return new Uint8Array(0);
    }
  });
  return messages[0]!;
}

function same(
  name: string,
  count: (outcome: string) => void,
  once: () => Uint8Array | string,
  twice: () => Uint8Array | string,
): Uint8Array | undefined {
  const [actual, expected] = [once, twice].map(outcomeOf) as [Outcome, Outcome];
  assert.is(actual.text, expected.text, name);
  count(actual.text.split(' ')[0]!);
  return actual.bytes;
}

interface Outcome {
  readonly text: string;
  readonly bytes?: Uint8Array;
}

function outcomeOf(call: () => Uint8Array | string): Outcome {
  try {
    const result = call();
    return typeof result === 'string' ? { text: result } : { text: `bytes ${toHex(result)}`, bytes: result };
  } catch (error) {
    if (error instanceof Refusal) return { text: error.reasonName };
    throw error;
  }
}
