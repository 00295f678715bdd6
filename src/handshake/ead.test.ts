// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborReader } from '../cbor/reader.ts';
import { ImplementationLimits } from '../limits.ts';
import { type EadItem, encodeEad, paddingItem, readEad } from './ead.ts';
import { createProvider, outcome } from './test-fixture.ts';

const test = suite('EAD');
const KNOWN = [1, 70_000];

function read(hex: string, known = KNOWN) {
  const bytes = fromHex(hex);
  return readEad(new CborReader(bytes), bytes, known);
}

test('items come back as they were sent, critical or not, with and without a value', () => {
  const items: EadItem[] = [
    { label: 1, critical: false },
    { label: 1, critical: true, value: new Uint8Array(0) },
    { label: 70_000, critical: true },
    { label: 70_000, critical: false, value: fromHex('0102') },
  ];
  const encoded = encodeEad(items);
  assert.is(toHex(encoded), '0120403a0001116f1a00011170420102');
  assert.equal(
    read(toHex(encoded)).items.map(({ value, ...item }) =>
      value === undefined ? item : { ...item, value: value.slice() },
    ),
    items,
  );
  assert.is(toHex(read(toHex(encoded)).bytes), toHex(encoded));
});

test('what is unknown and not critical is ignored, but stays part of the field', () => {
  const { items, bytes } = read('024101' + '01');
  assert.equal(items, [{ label: 1, critical: false }]);
  assert.is(bytes.length, 4);
});

test('refuses a critical item that it does not know', () => {
  for (const hex of ['21', '214101', '0121', '3903e7']) {
    assert.is(
      outcome(() => read(hex)),
      'criticalEadUnknown',
      hex,
    );
  }
  assert.is(
    outcome(() => read('20', [])),
    'criticalEadUnknown',
  );
});

test('padding of any form is discarded', () => {
  for (const hex of ['00', '0040', '0041e9', '000000', '0000400041e9']) assert.equal(read(hex, []).items, []);
  assert.equal(read('00014041e9'.slice(0, 6)).items[0]!.label, 1);
});

test('padding is random and as long as asked', () => {
  const provider = createProvider(1);
  const [one, two] = [paddingItem(provider, 16), paddingItem(provider, 16)];
  assert.is(encodeEad([one]).length, 18);
  assert.not.equal(one.value, two.value);
  assert.equal(read(toHex(encodeEad([one, { label: 1, critical: false }]))).items.length, 1);
});

test('refuses more items than a field holds, padding counted', () => {
  const full = '00'.repeat(ImplementationLimits.handshakeMaxEadItems);
  read(full);
  assert.is(
    outcome(() => read(`${full}00`)),
    'tooManyItems',
  );
  const items = Array.from({ length: ImplementationLimits.handshakeMaxEadItems + 1 }, () => ({
    label: 1,
    critical: false,
  }));
  assert.is(
    outcome(() => encodeEad(items)),
    'tooManyItems',
  );
});

test('refuses labels that are no integers, and values without a label', () => {
  for (const hex of ['4101', '014101' + '4101', 'f5', '6161', 'a0']) {
    assert.is(
      outcome(() => read(hex)),
      'wrongType',
      hex,
    );
  }
});

test('does not encode critical padding or negative labels', () => {
  for (const item of [
    { label: 0, critical: true },
    { label: -1, critical: false },
    { label: -1, critical: true },
  ]) {
    assert.is(
      outcome(() => encodeEad([item])),
      'badArgument',
    );
  }
});

test.run();
