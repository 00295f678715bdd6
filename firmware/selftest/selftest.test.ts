// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { AeadKey, CryptoProvider, MacKey } from '../../src/crypto/provider.ts';
import { Reason, type ReasonName, type Refusal } from '../../src/refusal.ts';
import type { Store } from '../platform/store.ts';
import { selfTest } from './selftest.ts';

const test = suite('self-test');

const honest = createNobleProvider(countingRandom());

/** Other bytes at each call, the same in every run. */
function countingRandom(): (target: Uint8Array) => void {
  let state = 1;
  return (target) => {
    for (let index = 0; index < target.length; index += 1) {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      target[index] = state >> 16;
    }
  };
}

function memoryStore(): Store {
  const values = new Map<string, Uint8Array>();
  return {
    read: (key) => values.get(key)?.slice(),
    write: (key, value) => void values.set(key, value.slice()),
    remove: (key) => void values.delete(key),
  };
}

function flip(bytes: Uint8Array): Uint8Array {
  bytes[0]! ^= 1;
  return bytes;
}

test('a good device passes, with a line for each check', () => {
  const lines: string[] = [];
  selfTest({ provider: honest, store: memoryStore(), print: (line) => lines.push(line) });
  assert.is(lines.length, 9);
  assert.ok(lines.every((line) => /^self-test: [a-z ]+ ok$/.test(line)));
});

const aead = (wrong: (key: AeadKey) => Partial<AeadKey>): Partial<CryptoProvider> => ({
  aeadKey(algorithm, secret) {
    const key = honest.aeadKey(algorithm, secret);
    return { ...key, ...wrong(key) };
  },
});

const mac = (wrong: (key: MacKey) => Partial<MacKey>): Partial<CryptoProvider> => ({
  macKey(algorithm, secret) {
    const key = honest.macKey(algorithm, secret);
    return { ...key, ...wrong(key) };
  },
});

const FAULTS: readonly [fault: string, reason: ReasonName, wrong: Partial<CryptoProvider>][] = [
  ['a wrong hash', 'selfTestHash', { hash: (...args) => flip(honest.hash(...args)) }],
  ['a hash that throws', 'selfTestHash', { hash: () => assert.unreachable() as never }],
  ['a wrong tag', 'selfTestMac', mac((key) => ({ compute: (data) => flip(key.compute(data)) }))],
  ['a MAC that takes every tag', 'selfTestMac', mac(() => ({ verify: () => true }))],
  ['a wrong derivation', 'selfTestDerivation', { expand: (...args) => flip(honest.expand(...args)) }],
  ['a wrong ciphertext', 'selfTestAead', aead((key) => ({ seal: (...args) => flip(key.seal(...args)) }))],
  [
    'an AEAD that opens everything',
    'selfTestAead',
    aead((key) => ({ open: (...args) => key.open(...args) ?? new Uint8Array(0) })),
  ],
  ['a wrong agreement', 'selfTestAgreement', { agree: () => honest.secret(new Uint8Array(32)) }],
  ['signatures that verify always', 'selfTestSignature', { verify: () => true }],
  ['signatures that verify never', 'selfTestSignature', { verify: () => false }],
  ['a random source that is stuck', 'selfTestRandom', { fillRandom: (target) => void target.fill(7) }],
  ['a random source that does nothing', 'selfTestRandom', { fillRandom(): void {} }],
];

for (const [fault, reason, wrong] of FAULTS) {
  test(`${fault} stops the device with ${reason} (${Reason[reason]})`, () => {
    const provider = { ...honest, ...wrong };
    assert.throws(
      () => selfTest({ provider, store: memoryStore(), print(): void {} }),
      (error: Refusal) => error.reasonName === reason,
    );
  });
}

const STORES: readonly [fault: string, store: Store][] = [
  ['loses', { ...memoryStore(), read: () => undefined }],
  ['keeps the first value', keepsFirst()],
  ['cannot write', { ...memoryStore(), write: () => assert.unreachable() }],
];

function keepsFirst(): Store {
  const store = memoryStore();
  return {
    ...store,
    write(key, value): void {
      if (store.read(key) === undefined) store.write(key, value);
    },
  };
}

for (const [fault, store] of STORES) {
  test(`a store that ${fault} stops the device`, () => {
    assert.throws(
      () => selfTest({ provider: honest, store, print(): void {} }),
      (error: Refusal) => error.reasonName === 'selfTestStore',
    );
  });
}

test.run();
