// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { AeadKey, CryptoProvider, MacKey } from '../../src/crypto/provider.ts';
import type { RecordProvider } from '../../src/crypto/records.ts';
import { withRecords } from '../../src/session/records.ts';
import type { Store } from '../platform/store.ts';
import { boardTest } from './board-test.ts';
import { SelfTestCode } from './codes.ts';
import { selfTest } from './selftest.ts';

const test = suite('self-test');

const honest = withRecords(createNobleProvider(countingRandom()));

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

function flip<Bytes extends Uint8Array | undefined>(bytes: Bytes): Bytes {
  if (bytes !== undefined) bytes[0]! ^= 1;
  return bytes;
}

test('a code is of one check', () => {
  const codes = Object.values(SelfTestCode);
  assert.is(new Set(codes).size, codes.length);
});

test('a good device passes, and each check is told of', () => {
  const passed: string[] = [];
  assert.is(
    selfTest(honest, (check) => passed.push(check)),
    undefined,
  );
  assert.is(
    boardTest(honest, memoryStore(), (check) => passed.push(check)),
    undefined,
  );
  assert.is(passed.length, Object.keys(SelfTestCode).length + 1);
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

const records = (wrong: Partial<RecordProvider>): Partial<CryptoProvider> => ({
  records: { ...honest.records!, ...wrong },
});

type CheckName = keyof typeof SelfTestCode;

const FAULTS: readonly [fault: string, check: CheckName, wrong: Partial<CryptoProvider>][] = [
  ['a wrong hash', 'hash', { hash: (...args) => flip(honest.hash(...args)) }],
  ['a hash that throws', 'hash', { hash: () => assert.unreachable() as never }],
  ['a wrong tag', 'mac', mac((key) => ({ compute: (data) => flip(key.compute(data)) }))],
  ['a MAC that takes every tag', 'mac', mac(() => ({ verify: () => true }))],
  ['a wrong derivation', 'derivation', { expand: (...args) => flip(honest.expand(...args)) }],
  ['a wrong ciphertext', 'aead', aead((key) => ({ seal: (...args) => flip(key.seal(...args)) }))],
  [
    'an AEAD that opens everything',
    'aead',
    aead((key) => ({ open: (...args) => key.open(...args) ?? new Uint8Array(0) })),
  ],
  ['a wrong record', 'record', records({ protect: (...args) => flip(honest.records!.protect(...args)) })],
  ['records that all open', 'record', records({ unprotect: () => Uint8Array.of(1, 0xb3, 0x74, 0x76, 0x31) })],
  ['no records', 'record', { records: undefined as unknown as RecordProvider }],
  ['a wrong wrapping', 'wrapping', { wrap: (...args) => flip(honest.wrap(...args)) }],
  ['keys that all unwrap', 'wrapping', { unwrap: () => honest.secret(new Uint8Array(4)) }],
  ['a wrong agreement', 'agreement', { agree: () => honest.secret(new Uint8Array(32)) }],
  ['signatures that verify always', 'signature', { verify: () => true }],
  ['signatures that verify never', 'signature', { verify: () => false }],
  ['a random source that is stuck', 'random', { fillRandom: (target) => void target.fill(7) }],
  ['a random source that does nothing', 'random', { fillRandom(): void {} }],
];

for (const [fault, check, wrong] of FAULTS) {
  test(`${fault} is found as ${SelfTestCode[check]}`, () => {
    assert.is(selfTest({ ...honest, ...wrong })?.code, SelfTestCode[check]);
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
  test(`a store that ${fault} is found`, () => {
    assert.is(boardTest(honest, store, () => {})?.code, SelfTestCode.store);
  });
}

test.run();
