// SPDX-License-Identifier: Apache-2.0

/** The vectors of CCM are in node.test.ts. Here is what comes of ciphers that live longer than a message. */
import { type CipherCCMTypes, createCipheriv, createSecretKey } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom, randomBytes } from '../../bytes/random.testing.ts';
import { createCcm } from './ccm.ts';

const NAME: CipherCCMTypes = 'aes-128-ccm';
const KEY = createSecretKey(Uint8Array.from({ length: 16 }, (_, index) => 7 * index));
/** About a block's end, the scratch memory's, and where the length of additional data takes more bytes. */
const LENGTHS = [0, 1, 13, 14, 15, 16, 17, 31, 32, 33, 2015, 2016, 2017, 4096];
const AAD_LENGTHS = [...LENGTHS, 0xfeff, 0xff00, 0xff01, 70_000];

const test = suite('AES-CCM of ciphers that stay');

function sealedByOpenSsl(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, authTagLength: number) {
  const cipher = createCipheriv(NAME, KEY, nonce, { authTagLength });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  const sealed = cipher.update(plaintext.length === 0 ? Buffer.alloc(1).subarray(1) : plaintext);
  cipher.final();
  return Uint8Array.from(Buffer.concat([sealed, cipher.getAuthTag()]));
}

test('is that of OpenSSL, for one message after the other of any length', () => {
  const random = createRandom(1);
  for (const tagLength of [8, 16]) {
    const ccm = createCcm(KEY, tagLength);
    for (const length of LENGTHS)
      for (const aadLength of AAD_LENGTHS) {
        const [nonce, aad, plaintext] = [
          randomBytes(random, 13),
          randomBytes(random, aadLength),
          randomBytes(random, length),
        ];
        const expected = sealedByOpenSsl(nonce, aad, plaintext, tagLength);
        assert.equal(ccm.seal(nonce, aad, plaintext), expected);
        assert.equal(ccm.open(nonce, aad, expected), plaintext);
      }
  }
});

test('a message that does not verify leaves those after it as they are', () => {
  const random = createRandom(2);
  const ccm = createCcm(KEY, 8);
  for (let round = 0; round < 50; round += 1) {
    const [nonce, aad, plaintext] = [
      randomBytes(random, 13),
      randomBytes(random, 20),
      randomBytes(random, round),
    ];
    const sealed = ccm.seal(nonce, aad, plaintext);
    for (const at of [0, sealed.length - 1]) {
      const forged = sealed.slice();
      forged[at]! ^= 1;
      assert.is(ccm.open(nonce, aad, forged), undefined);
    }
    assert.is(ccm.open(nonce, aad.subarray(1), sealed), undefined);
    assert.equal(ccm.open(nonce, aad, sealed), plaintext);
  }
});

test('what it returns stays, and what it is given is not changed', () => {
  const ccm = createCcm(KEY, 16);
  const nonce = new Uint8Array(13);
  const [first, second] = [new Uint8Array(40).fill(1), new Uint8Array(40).fill(2)];
  const sealed = ccm.seal(nonce, first, first);
  const [copy, opened] = [sealed.slice(), ccm.open(nonce, first, sealed)];
  ccm.seal(nonce, second, second);
  assert.equal(sealed, copy);
  assert.equal(opened, new Uint8Array(40).fill(1));
  assert.equal(first, new Uint8Array(40).fill(1));
});

test('has no key once it is wiped', () => {
  const ccm = createCcm(KEY, 8);
  ccm.wipe();
  assert.throws(() => ccm.seal(new Uint8Array(13), new Uint8Array(0), new Uint8Array(1)));
});

test.run();
