// SPDX-License-Identifier: Apache-2.0

/** What the C functions refuse, called as no provider calls them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pattern } from '../../src/crypto/check.testing.ts';
import type { CryptoNatives } from '../../src/crypto/native/natives.ts';
import {
  aad,
  aeadKey,
  CALLS,
  CCM_8,
  changed,
  HMAC_8,
  isBytes,
  isHandle,
  macKey,
  NAMES,
  natives,
  nonce,
  P256,
  plaintext,
  privateKey,
  recipient,
  replaced,
  sealed,
  secret,
  sender,
  throws,
  untyped,
} from './crypto-misuse.testing.ts';

const misuse = suite('misuse of the native provider');

misuse('leaves every right call alone', () => {
  for (const name of NAMES) untyped[name](...CALLS[name]());
});

misuse('throws where arguments are missing', () => {
  for (const name of NAMES) {
    const values = CALLS[name]();
    for (let count = 0; count < values.length; count++) {
      assert.throws(() => untyped[name](...values.slice(0, count)), /too few arguments/, `${name}: ${count}`);
    }
  }
});

misuse('throws where a buffer is none of bytes', () => {
  const others = [undefined, null, 7, 'text', {}, [1, 2], new Uint16Array(16), new Float64Array(8), () => 0];
  for (const name of NAMES) {
    for (const other of others) {
      for (const values of replaced(name, isBytes, () => other)) throws(name, values, String(other));
    }
  }
});

misuse('throws where a buffer was detached', () => {
  const detach = (value: Uint8Array) => {
    const copy = value.slice();
    (copy.buffer as ArrayBuffer & { transfer(): ArrayBuffer }).transfer();
    return copy;
  };
  for (const name of NAMES)
    for (const values of replaced(name, isBytes, detach)) throws(name, values, 'detached');
});

misuse('throws where a view lies outside a buffer that shrank', () => {
  const shrink = (value: Uint8Array) => {
    const create = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
    const buffer = new create(value.length, { maxByteLength: value.length });
    const view = new Uint8Array(buffer, 0, value.length);
    (buffer as ArrayBuffer & { resize(length: number): void }).resize(value.length - 1);
    return view;
  };
  for (const name of NAMES)
    for (const values of replaced(name, isBytes, shrink)) throws(name, values, 'shrunk');
});

misuse('throws where a handle is missing, another kind, or no handle', () => {
  const others = [undefined, 1, {}, plaintext, secret, aeadKey, macKey, privateKey, sender, recipient];
  for (const name of NAMES.filter((name) => name !== 'wipe')) {
    for (const values of replaced(name, isHandle, (value) => others.find((other) => isOther(value, other)))) {
      throws(name, values, 'another kind');
    }
    for (const other of [undefined, 1, {}, plaintext, Object.create(secret)]) {
      for (const values of replaced(name, isHandle, () => other)) throws(name, values, String(other));
    }
  }
  for (const other of [undefined, 1, {}, plaintext]) throws('wipe', [other], String(other));
});

/** Each function takes one kind: what it was given and its own kind are told apart by what else takes them. */
function isOther(value: unknown, other: unknown): boolean {
  const handles: unknown[] = [secret, aeadKey, macKey, privateKey, sender, recipient];
  if (!handles.includes(other)) return false;
  return handles.includes(value) ? value !== other : other !== secret;
}

misuse('throws where a length is not the one that follows from the others', () => {
  const fixed: [keyof CryptoNatives, number[]][] = [
    ['hash', [1]],
    ['seal', [1, 3, 4]],
    ['open', [1, 3, 4]],
    ['wrap', [1, 5]],
    ['unwrap', [1]],
    ['mac', [2]],
    ['privateKey', [1, 2]],
    ['privateKeyOf', [2]],
    ['generateKey', [1]],
    ['agree', [1]],
    ['decompress', [0, 2]],
    ['sign', [2]],
    ['verify', [0, 2]],
    ['sender', [2]],
    ['recipient', [2]],
  ];
  for (const [name, indexes] of fixed) {
    for (const index of indexes) {
      for (const change of [-1, 1]) {
        const values = CALLS[name]();
        values[index] = new Uint8Array((values[index] as Uint8Array).length + change);
        throws(name, values, `argument ${index} ${change}`);
      }
    }
  }
  throws('aeadKey', [secret, CCM_8], '32 bytes for AES-128');
  throws('expand', [secret, aad, new Uint8Array(255 * 32 + 1)], 'too long');
  throws('expand', [natives.secret(pattern(31, 1)), aad, new Uint8Array(32)], 'short key');
  throws('macKey', [natives.secret(new Uint8Array(0))], 'no key');
  throws('wrap', [aeadKey, nonce, aad, new Uint8Array(97), secret, new Uint8Array(137)], '129 bytes');
  const longest = natives.secret(new Uint8Array(129));
  throws('wrap', [aeadKey, nonce, aad, new Uint8Array(0), longest, new Uint8Array(137)], '129 bytes of key');
  for (const [length, shown] of [
    [7, 0],
    [8, 0],
    [32, 24],
    [32, 25],
    [137, 0],
  ] as const) {
    throws(
      'unwrap',
      [aeadKey, nonce, aad, new Uint8Array(length), new Uint8Array(shown)],
      `${length} ${shown}`,
    );
  }
  for (const length of [0, 31, 33]) {
    throws(
      'privateKeyOf',
      [P256, natives.secret(new Uint8Array(length)), new Uint8Array(64)],
      `${length} bytes`,
    );
  }
  for (const name of ['sender', 'recipient'] as const) {
    throws(name, changed(name, 0, secret), '32 bytes for AES-128');
    throws(name, changed(name, 1, HMAC_8), '16 bytes for HMAC');
    throws(name, changed(name, 3, new Uint8Array(8)), 'kid of 8 bytes');
    throws(name, changed(name, 4, new Uint8Array(17)), 'kid context of 17 bytes');
  }
});

misuse('throws where a number is none that fits', () => {
  const hostile = { valueOf: () => CCM_8 };
  for (const number of [
    undefined,
    '10',
    hostile,
    -1,
    0,
    1.5,
    Number.NaN,
    Infinity,
    2 ** 31,
    2 ** 53,
    255 * 32 + 1,
  ]) {
    throws('expandSecret', [secret, aad, number], String(number));
    throws('aeadKey', [natives.secret(pattern(16, 2)), number], String(number));
    throws('privateKey', [number, pattern(32, 3), new Uint8Array(64)], String(number));
    throws('generateKey', [number, new Uint8Array(64)], String(number));
    throws('privateKeyOf', [number, secret, new Uint8Array(64)], String(number));
    throws('sender', changed('sender', 1, number), String(number));
    throws('recipient', changed('recipient', 1, number), String(number));
  }
  const wrong: [keyof CryptoNatives, number[]][] = [
    ['sender', [5, 6, 7]],
    ['recipient', [5, 6, 7, 8, 9]],
    ['reserve', [1]],
    ['refusal', [1]],
  ];
  for (const [name, indexes] of wrong) {
    for (const index of indexes) {
      for (const number of [undefined, '1', hostile, -2, 0.5, Number.NaN, Infinity, 2 ** 53]) {
        throws(name, changed(name, index, number), `argument ${index} ${number}`);
      }
    }
  }
  for (const [highest, seen] of [
    [-1, 1],
    [5, 0],
    [5, 2],
    [2 ** 40, 1],
  ]) {
    const values = changed('recipient', 6, highest);
    values[7] = seen;
    throws('recipient', values, `window ${highest} ${seen}`);
  }
  for (const curve of [2, 3, 5, 6]) {
    for (const length of [32, 64]) {
      throws('privateKey', [curve, pattern(32, 3), new Uint8Array(length)], `curve ${curve}`);
    }
  }
});

misuse('throws where an output overlaps an input, by one byte too', () => {
  const memory = new Uint8Array(200);
  const at = (offset: number, length: number) => memory.subarray(offset, offset + length);
  const output = (length: number) => at(50, length);
  for (const offset of [50, 62, 81]) {
    throws('seal', [aeadKey, at(offset, 13), aad, plaintext, output(32)], `nonce at ${offset}`);
    throws('seal', [aeadKey, nonce, at(offset, 20), plaintext, output(32)], `aad at ${offset}`);
    throws('seal', [aeadKey, nonce, aad, at(offset, 24), output(32)], `plaintext at ${offset}`);
    throws('wrap', [aeadKey, at(offset, 13), aad, plaintext, secret, output(64)], `nonce at ${offset}`);
    throws('wrap', [aeadKey, nonce, at(offset, 20), plaintext, secret, output(64)], `aad at ${offset}`);
    throws('wrap', [aeadKey, nonce, aad, at(offset, 24), secret, output(64)], `data at ${offset}`);
    throws('hash', [at(offset, 40), output(32)], `data at ${offset}`);
    throws('mac', [macKey, at(offset, 40), output(32)], `data at ${offset}`);
    throws('expand', [secret, at(offset, 40), output(42)], `info at ${offset}`);
    throws('sign', [privateKey, at(offset, 40), output(64)], `message at ${offset}`);
  }
  throws('seal', [aeadKey, at(38, 13), aad, plaintext, output(32)], 'last byte of the nonce');
  throws('hash', [at(11, 40), output(32)], 'last byte of the data');
  throws('open', [aeadKey, at(38, 13), aad, sealed, output(24)], 'last byte of the nonce');
  throws('open', [aeadKey, nonce, at(31, 20), sealed, output(24)], 'last byte of the additional data');
  throws('open', [aeadKey, nonce, aad, output(32), output(24)], 'in place');
  throws('unwrap', [aeadKey, at(38, 13), aad, sealed, output(23)], 'last byte of the nonce');
  throws('unwrap', [aeadKey, nonce, at(31, 20), sealed, output(23)], 'last byte of the additional data');
  throws('unwrap', [aeadKey, nonce, aad, output(32), output(23)], 'in place');
  untyped.seal(aeadKey, at(0, 13), at(13, 20), at(33, 24), at(57, 32));
});

misuse('takes views at odd offsets, other views of bytes, and empty ones', () => {
  const memory = new Uint8Array(101);
  memory.set(plaintext, 3);
  natives.seal(aeadKey, nonce, aad, memory.subarray(3, 27), memory.subarray(29, 61));
  assert.equal(memory.slice(29, 61), sealed);
  untyped.seal(aeadKey, new DataView(nonce.buffer), aad, plaintext, new Int8Array(memory.buffer, 61, 32));
  assert.equal(memory.slice(61, 93), sealed);
  const empty = new Uint8Array(0);
  const tag = new Uint8Array(8);
  natives.seal(aeadKey, nonce, empty, empty, tag);
  assert.ok(natives.open(aeadKey, nonce, empty, tag, empty));
});

misuse.run();
