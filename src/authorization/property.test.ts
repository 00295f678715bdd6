// SPDX-License-Identifier: Apache-2.0

/** What is parsed re-encodes to the same bytes, whatever came in; what is made is read back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../bytes/compare.ts';
import { toHex } from '../bytes/hex.ts';
import { type Below, createBelow } from '../bytes/random.testing.ts';
import { Refusal } from '../refusal.ts';
import { decodeBareGrant, encodeBareGrant } from './bare.ts';
import { type Claims, decodeClaims, encodeClaims } from './claims.ts';
import { ConfirmationMethod } from './confirmation.ts';
import { decodeGrantId, encodeGrantId, THIS_END } from './cti.ts';
import { claimsWith, GATEWAY_KEY, ISSUER_KEY } from './fixture.testing.ts';
import { macGrant, openGrant } from './grant.ts';
import { decodeScope, encodeScope, type Scope } from './scope.ts';

const test = suite('authorization properties');

/** An interpreter without a compiler is some 60 times slower: it takes a part of the same cases. */
const CASES = 'WebAssembly' in globalThis ? 20_000 : 500;

function bytesOf(random: Below, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

/** Numbers of every width. */
function numberOf(random: Below, maxBits: number): number {
  return Math.floor((random(0x10000000) / 0x10000000) * 2 ** random(maxBits + 1));
}

function scopeOf(random: Below): Scope {
  const objects = Array.from({ length: 1 + random(8) }, () => numberOf(random, 20));
  const ascending = [...new Set(objects)].sort((a, b) => a - b);
  return ascending.map((object) => ({ object, permissions: 1 + numberOf(random, 30) }));
}

function claimsOf(random: Below): Claims {
  const confirmation =
    random(2) === 0
      ? { method: ConfirmationMethod.kid, value: bytesOf(random, random(17)) }
      : { method: ConfirmationMethod.ckt, value: bytesOf(random, 32) };
  return {
    audience: numberOf(random, 30),
    sequence: numberOf(random, 48),
    scope: scopeOf(random),
    expiry: random(2) === 0 ? { exp: numberOf(random, 33) } : { exi: numberOf(random, 21) },
    ...(random(3) > 0 && { confirmation }),
  };
}

/** A byte changed, taken out, put in, or the rest cut off. */
function mutate(random: Below, bytes: Uint8Array): Uint8Array {
  const at = random(bytes.length);
  const rest = bytes.subarray(at + 1);
  const kind = random(4);
  if (kind === 0) return Uint8Array.from([...bytes.subarray(0, at), bytes[at]! ^ (1 << random(8)), ...rest]);
  if (kind === 1) return Uint8Array.from([...bytes.subarray(0, at), ...rest]);
  if (kind === 2) return Uint8Array.from([...bytes.subarray(0, at), random(256), bytes[at]!, ...rest]);
  return bytes.slice(0, at);
}

interface Form<Value> {
  readonly name: string;
  make(random: Below): Value;
  encode(value: Value): Uint8Array;
  decode(bytes: Uint8Array): Value;
}

function checkForm<Value>({ name, make, encode, decode }: Form<Value>): void {
  test(`${name}: what is made is read back, and what is mutated is refused or re-encodes to the same`, () => {
    const random = createBelow(8392);
    let accepted = 0;
    for (let each = 0; each < CASES; each += 1) {
      const value = make(random);
      const bytes = encode(value);
      assert.equal(decode(bytes), value, toHex(bytes));
      const mutated = mutate(random, bytes);
      const read = readOrRefuse(() => decode(mutated));
      if (read === undefined) continue;
      accepted += 1;
      assert.ok(equalBytes(encode(read), mutated), toHex(mutated));
    }
    assert.ok(accepted > CASES / 100 && accepted < CASES, `${accepted} of ${CASES}`);
  });
}

function readOrRefuse<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

checkForm({ name: 'scope', make: scopeOf, encode: encodeScope, decode: decodeScope });
checkForm({ name: 'claims', make: claimsOf, encode: encodeClaims, decode: decodeClaims });
checkForm({
  name: 'cti',
  make: (random) => ({ audience: numberOf(random, 30), sequence: numberOf(random, 48) }),
  encode: encodeGrantId,
  decode: decodeGrantId,
});
checkForm({
  name: 'bare grant',
  make: (random) => ({
    sequence: numberOf(random, 48),
    scope: scopeOf(random),
    exi: numberOf(random, 21),
  }),
  encode: ({ sequence, ...grant }) => encodeBareGrant(sequence, grant),
  decode(bytes) {
    const { cti, scope, exi } = decodeBareGrant(bytes);
    const { audience, sequence } = decodeGrantId(cti);
    assert.is(audience, THIS_END);
    return { sequence, scope, exi };
  },
});

test('bytes at random are no grant, and are refused with a reason', () => {
  const random = createBelow(9237);
  const whole = macGrant(claimsWith(), ISSUER_KEY);
  for (let each = 0; each < CASES; each += 1) {
    const bytes = each % 2 === 0 ? bytesOf(random, random(80)) : mutate(random, whole);
    if (equalBytes(bytes, whole)) continue;
    assert.is(
      readOrRefuse(() => openGrant(bytes, { macKey: GATEWAY_KEY })),
      undefined,
      toHex(bytes),
    );
  }
});

test.run();
