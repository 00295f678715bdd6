// SPDX-License-Identifier: Apache-2.0

/** What the C functions refuse, called as no provider calls them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withHead } from '../../src/bytes/copy.ts';
import { pattern } from '../../src/crypto/check.testing.ts';
import type { CryptoNatives } from '../../src/crypto/native/natives.ts';
import { Reason } from '../../src/refusal.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { fillRandom } from '../platform/random.ts';

const P256 = 1;
const HMAC_8 = 4;
const CCM_8 = 10;
/** More than the key store of mbedTLS 2.28 has places. */
const MANY = 200;

const misuse = suite('misuse of the native provider');
const natives = cryptoNatives()!;
/** As a caller sees them that TypeScript does not hold back. */
const untyped = natives as unknown as Record<keyof CryptoNatives, (...values: unknown[]) => unknown>;

const secret = natives.secret(pattern(32, 1));
const aeadKey = natives.aeadKey(natives.secret(pattern(16, 2)), CCM_8);
const macKey = natives.macKey(secret);
const privateKey = natives.privateKey(P256, pattern(32, 3), new Uint8Array(64));
const [sender, recipient] = [createSender(), createRecipient()];
const [nonce, aad, plaintext] = [pattern(13, 4), pattern(20, 5), pattern(24, 6)];
const sealed = new Uint8Array(32);
natives.seal(aeadKey, nonce, aad, plaintext, sealed);

const record = natives.protect(sender, plaintext) as Uint8Array;

function createSender() {
  const key = natives.secret(pattern(16, 2));
  const sender = natives.sender(key, CCM_8, pattern(13, 4), pattern(1, 1), undefined, 99, 1, 999);
  natives.reserve(sender, 900);
  return sender;
}

function ignore(): void {}

/** Of what such a sender makes. */
function createRecipient() {
  const key = natives.secret(pattern(16, 2));
  return natives.recipient(key, CCM_8, pattern(13, 4), pattern(1, 1), undefined, 99, -1, 0, 0, 9);
}

/** A right call of each function. */
const CALLS: Readonly<Record<keyof CryptoNatives, () => unknown[]>> = {
  random: () => [new Uint8Array(8)],
  hash: () => [plaintext, new Uint8Array(32)],
  secret: () => [plaintext],
  length: () => [secret],
  wipe: () => [natives.secret(plaintext)],
  aeadKey: () => [natives.secret(pattern(16, 2)), CCM_8],
  seal: () => [aeadKey, nonce, aad, plaintext, new Uint8Array(32)],
  open: () => [aeadKey, nonce, aad, sealed, new Uint8Array(24)],
  wrap: () => [aeadKey, nonce, aad, plaintext, secret, new Uint8Array(64)],
  unwrap: () => [aeadKey, nonce, aad, sealed, new Uint8Array(23)],
  macKey: () => [secret],
  mac: () => [macKey, plaintext, new Uint8Array(32)],
  extract: () => [plaintext, secret],
  expand: () => [secret, plaintext, new Uint8Array(42)],
  expandSecret: () => [secret, plaintext, 42],
  privateKey: () => [P256, pattern(32, 3), new Uint8Array(64)],
  privateKeyOf: () => [P256, secret, new Uint8Array(64)],
  privateSecret: () => [privateKey],
  generateKey: () => [P256, new Uint8Array(64)],
  agree: () => [privateKey, pattern(32, 7)],
  decompress: () => [pattern(32, 7), 0, new Uint8Array(64)],
  sign: () => [privateKey, plaintext, new Uint8Array(64)],
  verify: () => [pattern(64, 8), plaintext, new Uint8Array(64)],
  sender: () => [natives.secret(pattern(16, 2)), CCM_8, pattern(13, 4), pattern(1, 1), undefined, 99, 0, 999],
  next: () => [sender],
  reserve: () => [sender, 900],
  refusal: () => [sender, 24],
  protect: () => [sender, plaintext],
  protectInto: () => [sender, plaintext, new Uint8Array(40)],
  recipient: () => [
    natives.secret(pattern(16, 2)),
    CCM_8,
    pattern(13, 4),
    pattern(1, 1),
    undefined,
    99,
    -1,
    0,
    0,
    9,
  ],
  protectNested: () => [sender, 2, createSender(), 4, plaintext],
  unprotectNested: () => [
    createRecipient(),
    withHead(2, 1, record),
    createRecipient(),
    4,
    ignore,
    ignore,
    ignore,
  ],
  unprotect: () => [createRecipient(), record],
  highest: () => [recipient],
  seen: () => [recipient],
  failed: () => [recipient],
};
const NAMES = Object.keys(CALLS) as (keyof CryptoNatives)[];

function throws(name: keyof CryptoNatives, values: readonly unknown[], message: string): void {
  assert.throws(() => untyped[name](...values), undefined, `${name}: ${message}`);
}

/** The call with each of its arguments replaced that `wants` chooses. */
function replaced(
  name: keyof CryptoNatives,
  wants: (value: unknown) => boolean,
  replacement: (value: never) => unknown,
): unknown[][] {
  const values = CALLS[name]();
  return values.flatMap((value, index) => {
    if (!wants(value)) return [];
    const changed = CALLS[name]();
    changed[index] = replacement(changed[index] as never);
    return [changed];
  });
}

/** The call with one argument replaced. */
function changed(name: keyof CryptoNatives, index: number, value: unknown): unknown[] {
  const values = CALLS[name]();
  values[index] = value;
  return values;
}

const isBytes = (value: unknown) => value instanceof Uint8Array;
const isHandle = (value: unknown) => typeof value === 'object' && !isBytes(value);

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
