// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { splitNames } from '../../src/payload/concise.ts';
import { decodeReadings } from '../../src/roles/readings-message.ts';
import { measureSample } from './sample-bytes.ts';

const test = suite('simulator/bytes of the sample');

test('the sample takes at most half the bytes, alone and together, and arrives as it is', async () => {
  const { payloads, names, concise, together, bytes, line } = await measureSample();
  console.log(`  ${line}`);
  assert.is(payloads.length, 16);
  assert.ok(bytes.concise <= bytes.plain / 2 && bytes.together <= bytes.plain / 4, line);
  const split = splitNames(names);
  for (const [index, payload] of payloads.entries()) {
    assert.equal(decodeReadings(concise[index]!, split).payloads, [payload]);
  }
  assert.equal(decodeReadings(together, split).payloads, payloads);
});

test.run();
