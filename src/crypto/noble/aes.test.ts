// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { encryptBlock, expandKey } from './aes.ts';

const aes = suite('AES-128');

function wordsOf(hex: string): Int32Array {
  return new Int32Array(fromHex(hex).buffer);
}

function hexOf(words: Int32Array): string {
  return toHex(new Uint8Array(words.buffer));
}

aes('expands the key of FIPS 197 appendix A.1', () => {
  const schedule = hexOf(expandKey(fromHex('2b7e151628aed2a6abf7158809cf4f3c')));
  assert.is(schedule.slice(32, 64), 'a0fafe1788542cb123a339392a6c7605');
  assert.is(schedule.slice(320), 'd014f9a8c9ee2589e13f0cc8b6630ca6');
});

aes('encrypts the examples of FIPS 197 appendices B and C.1', () => {
  for (const [key, plaintext, ciphertext] of [
    [
      '2b7e151628aed2a6abf7158809cf4f3c',
      '3243f6a8885a308d313198a2e0370734',
      '3925841d02dc09fbdc118597196a0b32',
    ],
    [
      '000102030405060708090a0b0c0d0e0f',
      '00112233445566778899aabbccddeeff',
      '69c4e0d86a7b0430d8cdb78070b4c55a',
    ],
  ] as const) {
    const block = wordsOf(plaintext);
    encryptBlock(expandKey(fromHex(key)), block);
    assert.is(hexOf(block), ciphertext);
  }
});

aes.run();
