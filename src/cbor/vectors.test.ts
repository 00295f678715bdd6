// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import appendixA from '../../tools/vectors/cbor-rfc8949/appendix_a.json';
import notWellFormed from '../../tools/vectors/cbor-rfc8949/not_well_formed.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Refusal } from '../refusal.ts';
import { decodeItem, encodeItem } from './item.ts';
import { CborReader } from './reader.ts';

const vectors = suite('RFC 8949 vectors');

const deterministic = appendixA.filter((vector) => vector.roundtrip);
const variants = appendixA.filter((vector) => !vector.roundtrip);

vectors('are all there', () => {
  assert.is(deterministic.length, 64);
  assert.is(variants.length, 17);
  assert.is(notWellFormed.vectors.length, 94);
});

vectors('Appendix A: what is deterministic re-encodes to the same bytes', () => {
  for (const { hex } of deterministic) {
    const bytes = fromHex(hex);
    assert.is(toHex(encodeItem(decodeItem(bytes))), hex);
    assert.is(toHex(new CborReader(bytes).skip()), hex);
  }
});

vectors('Appendix A: plain values decode to the value beside them', () => {
  let compared = 0;
  for (const { hex, decoded } of deterministic) {
    if (typeof decoded === 'string' || typeof decoded === 'boolean' || Number.isSafeInteger(decoded)) {
      const item = decodeItem(fromHex(hex));
      if (typeof item === 'object') continue;
      assert.is(item, decoded);
      compared += 1;
    }
  }
  assert.is(compared, 23);
});

vectors('Appendix A: every variant that is not deterministic is refused', () => {
  for (const { hex } of variants) {
    assert.throws(() => decodeItem(fromHex(hex)), isNotDeterministic);
    assert.throws(() => new CborReader(fromHex(hex)).skip(), isNotDeterministic);
  }
});

vectors('Appendix F: everything that is not well-formed is refused', () => {
  for (const { hex } of notWellFormed.vectors) {
    assert.throws(
      () => decodeItem(fromHex(hex)),
      (error: unknown) => error instanceof Refusal,
    );
    assert.throws(
      () => new CborReader(fromHex(hex)).skip(),
      (error: unknown) => error instanceof Refusal,
    );
  }
});

vectors.run();

function isNotDeterministic(error: Refusal): boolean {
  return error.reasonName === 'notDeterministic';
}
