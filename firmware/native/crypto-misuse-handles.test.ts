// SPDX-License-Identifier: Apache-2.0

/** What handles of the native provider refuse: wiped, of another use, too many of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pattern } from '../../src/crypto/check.testing.ts';
import type { CryptoNatives } from '../../src/crypto/native/natives.ts';
import { Reason } from '../../src/refusal.ts';
import { fillRandom } from '../platform/random.ts';
import {
  aad,
  aeadKey,
  CCM_8,
  createRecipient,
  createSender,
  HMAC_8,
  isBytes,
  isHandle,
  MANY,
  macKey,
  NAMES,
  natives,
  nonce,
  P256,
  plaintext,
  privateKey,
  recipient,
  record,
  replaced,
  sealed,
  secret,
  sender,
  throws,
} from './crypto-misuse.testing.ts';

const misuse = suite('misuse of handles of the native provider');

misuse('throws where a handle was wiped, and wipes twice', () => {
  const wiped = natives.secret(plaintext);
  natives.wipe(wiped);
  natives.wipe(wiped);
  const takeSecrets = [
    'length',
    'aeadKey',
    'wrap',
    'macKey',
    'extract',
    'expand',
    'expandSecret',
    'privateKeyOf',
  ] as const;
  for (const name of takeSecrets) {
    for (const values of replaced(name, isHandle, () => wiped)) throws(name, values, 'wiped');
  }
  const key = natives.aeadKey(natives.secret(pattern(16, 2)), CCM_8);
  natives.wipe(key);
  throws('seal', [key, nonce, aad, plaintext, new Uint8Array(32)], 'wiped');
  for (const name of ['sender', 'recipient'] as const) {
    for (const values of replaced(name, isHandle, () => wiped)) throws(name, values, 'wiped');
  }
});

misuse('gives a reason where a sender or a recipient was wiped, and keeps what it counted', () => {
  const [mute, deaf] = [createSender(), createRecipient()];
  assert.equal(natives.unprotect(deaf, natives.protect(mute, plaintext) as Uint8Array), plaintext);
  const next = natives.protect(mute, plaintext) as Uint8Array;
  for (const end of [mute, deaf, mute, deaf]) natives.wipe(end);
  assert.is(natives.protect(mute, plaintext), undefined);
  assert.is(natives.refusal(mute, plaintext.length), Reason.keyWiped);
  assert.is(natives.protectInto(mute, plaintext, new Uint8Array(40)), -Reason.keyWiped);
  assert.is(natives.unprotect(deaf, next), Reason.keyWiped);
  assert.equal(
    [natives.next(mute), natives.highest(deaf), natives.seen(deaf), natives.failed(deaf)],
    [3, 1, 1, 0],
  );
});

misuse('writes no record into a target without room, and none over its plaintext', () => {
  const memory = new Uint8Array(100).fill(0xee);
  const before = natives.next(sender);
  for (let length = 0; length < record.length; length++) {
    const result = natives.protectInto(sender, plaintext, memory.subarray(30, 30 + length));
    assert.is(result, -Reason.targetTooShort);
  }
  for (const offset of [7, 30, 63]) {
    const result = natives.protectInto(sender, memory.subarray(offset, offset + 24), memory.subarray(30, 64));
    assert.is(result, -Reason.badArgument);
  }
  assert.equal(memory, new Uint8Array(100).fill(0xee));
  assert.is(natives.next(sender), before);
});

misuse('takes no numbers back, and none past the last', () => {
  const end = natives.sender(
    natives.secret(pattern(32, 2)),
    HMAC_8,
    new Uint8Array(0),
    plaintext.slice(0, 7),
    aad.slice(0, 16),
    99,
    2 ** 40 - 1,
    2 ** 40,
  );
  assert.is(natives.protect(end, plaintext), undefined);
  natives.reserve(end, 2 ** 40);
  natives.reserve(end, 0);
  assert.is((natives.protect(end, plaintext) as Uint8Array).length, 30 + 24 + 8);
  assert.is(natives.protect(end, plaintext), undefined);
  assert.is(natives.refusal(end, plaintext.length), Reason.sequenceExhausted);
});

misuse('shows nothing of a handle, whatever its properties claim', () => {
  for (const handle of [secret, aeadKey, macKey, privateKey, sender, recipient] as object[]) {
    assert.equal(Reflect.ownKeys(handle), []);
    Object.defineProperty(handle, 'byteLength', { value: 64 });
    assert.is(new Uint8Array(handle as ArrayBuffer).length, 0);
    assert.throws(() => new Uint8Array(handle as ArrayBuffer, 0, 1));
    assert.throws(() => new DataView(handle as ArrayBuffer, 0, 1));
    for (const name of NAMES)
      for (const values of replaced(name, isBytes, () => handle)) throws(name, values, 'handle');
    fillRandom(handle as Uint8Array);
  }
  assert.is(natives.length(secret), 32);
  const output = new Uint8Array(32);
  natives.seal(aeadKey, nonce, aad, plaintext, output);
  assert.equal(output, sealed);
});

misuse('gives no plaintext where the tag does not verify', () => {
  const forged = sealed.slice();
  forged[0]! ^= 1;
  const output = new Uint8Array(24).fill(0xaa);
  assert.not.ok(natives.open(aeadKey, nonce, aad, forged, output));
  assert.equal(output, new Uint8Array(24));
  const data = new Uint8Array(20).fill(0xaa);
  assert.is(natives.unwrap(aeadKey, nonce, aad, forged, data), undefined);
  assert.equal(data, new Uint8Array(20).fill(0xaa));
});

misuse('keeps a key to the use it was bound to', () => {
  const x25519 = natives.privateKey(4, pattern(32, 3), new Uint8Array(32));
  throws('sign', [x25519, plaintext, new Uint8Array(64)], 'X25519');
  throws('agree', [x25519, new Uint8Array(64)], '64 bytes');
  throws('privateKey', [P256, new Uint8Array(32), new Uint8Array(64)], 'zero');
  throws('privateKey', [P256, new Uint8Array(32).fill(0xff), new Uint8Array(64)], 'beyond the order');
});

misuse('collects keys that nobody wiped: their places are free again', () => {
  for (let i = 0; i < MANY; i++) natives.macKey(secret);
  for (let i = 0; i < MANY; i++) createSender();
  for (let i = 0; i < MANY; i++) createRecipient();
  for (let i = 0; i < MANY; i++) natives.aeadKey(natives.secret(pattern(16, 2)), CCM_8);
  const output = new Uint8Array(32);
  natives.seal(aeadKey, nonce, aad, plaintext, output);
  assert.equal(output, sealed);
});

misuse('throws where the key store is full of keys in use, and recovers', () => {
  const keys: ReturnType<CryptoNatives['macKey']>[] = [];
  try {
    for (let i = 0; i < MANY; i++) keys.push(natives.macKey(secret));
  } catch (error) {
    assert.match(String(error), /PSA status -141/);
  }
  const tag = new Uint8Array(32);
  for (const key of keys) natives.mac(key, plaintext, tag);
  for (const key of keys) natives.wipe(key);
  natives.mac(natives.macKey(secret), plaintext, tag);
});

misuse.run();
