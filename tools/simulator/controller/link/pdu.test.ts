// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { Refusal } from '../../../../src/refusal.ts';
import { decodeAdvertisingPdu, encodeAdvertisingPdu } from '../air/advertising-pdu.ts';
import { seededRandom } from '../hand-host.testing.ts';
import { ControlOpcode, decodeControlPdu, encodeControlPdu } from './control-pdu.ts';
import { decodeDataPdu, encodeDataPdu } from './data-pdu.ts';

const test = suite('simulator/controller/pdu');

function refusalOf(decode: () => unknown): string | undefined {
  try {
    decode();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
}

test('flags of a data PDU are where the specification has them', () => {
  const payload = Uint8Array.of(9);
  const bytes = (nextExpected: number, sequence: number, hasMore: boolean) =>
    toHex(encodeDataPdu(2, { nextExpected, sequence, hasMore }, payload));
  assert.is(bytes(0, 0, false), '020109');
  assert.is(bytes(1, 0, false), '060109');
  assert.is(bytes(0, 1, false), '0a0109');
  assert.is(bytes(0, 0, true), '120109');
});

test('a data PDU of any length is read as it was written', () => {
  for (let length = 0; length <= 255; length += 1) {
    const payload = new Uint8Array(length).fill(length);
    const bytes = encodeDataPdu(1 + (length % 3), { nextExpected: 1, sequence: 0, hasMore: true }, payload);
    const { llid, nextExpected, sequence, hasMore, payload: back } = decodeDataPdu(bytes);
    assert.equal(
      { llid, nextExpected, sequence, hasMore },
      {
        llid: 1 + (length % 3),
        nextExpected: 1,
        sequence: 0,
        hasMore: true,
      },
    );
    assert.equal(back, payload);
  }
});

test('a data PDU that is cut, longer than it says, or of no kind is refused', () => {
  const bytes = fromHex('0203010203');
  for (let length = 0; length < bytes.length; length += 1) {
    assert.is(
      refusalOf(() => decodeDataPdu(bytes.subarray(0, length))),
      'truncated',
    );
  }
  assert.is(
    refusalOf(() => decodeDataPdu(Uint8Array.of(...bytes, 0))),
    'trailingBytes',
  );
  assert.is(
    refusalOf(() => decodeDataPdu(fromHex('0000'))),
    'frameInvalid',
  );
});

test('a control PDU of an unknown kind, or of another length than its kind has, is only an opcode', () => {
  for (let opcode = 0; opcode <= 255; opcode += 1) {
    const lengths = Array.from({ length: 28 }, (_, length) => length);
    const known = lengths.filter(
      (length) => typeof decodeControlPdu(Uint8Array.of(opcode, ...new Uint8Array(length))) === 'object',
    );
    const isKnown = Object.values(ControlOpcode).includes(opcode as ControlOpcode);
    assert.is(known.length, isKnown ? 1 : 0, `opcode ${opcode}`);
  }
  assert.is(toHex(encodeControlPdu(ControlOpcode.startEncRsp)), '06');
});

const ADVERTISER = { type: 1, octets: fromHex('0102030405c6') } as const;
const OTHER = { type: 0, octets: fromHex('a1a2a3a4a5a6') } as const;

const ADVERTISING = [
  { type: 0, advertiser: ADVERTISER, data: new Uint8Array(0) },
  { type: 6, advertiser: OTHER, data: new Uint8Array(31).fill(7) },
  { type: 4, advertiser: ADVERTISER, data: fromHex('020106') },
  { type: 3, scanner: OTHER, advertiser: ADVERTISER },
  {
    type: 5,
    initiator: OTHER,
    advertiser: ADVERTISER,
    accessAddress: 0xa1b2c3d4,
    interval: 24,
    latency: 0,
    timeout: 200,
  },
] as const;

test('PDUs of advertising are read as they were written', () => {
  for (const pdu of ADVERTISING) assert.equal(decodeAdvertisingPdu(encodeAdvertisingPdu(pdu)), pdu);
});

test('a cut PDU of advertising is refused, however its length is told', () => {
  for (const pdu of ADVERTISING) {
    const bytes = encodeAdvertisingPdu(pdu);
    for (let length = 0; length < Math.min(bytes.length, 8); length += 1) {
      const cut = bytes.slice(0, length);
      assert.ok(refusalOf(() => decodeAdvertisingPdu(cut)));
      if (length >= 2) cut[1] = length - 2;
      assert.ok(refusalOf(() => decodeAdvertisingPdu(cut)));
    }
  }
});

test('more than 31 octets of advertising data are refused', () => {
  const pdu = { type: 0, advertiser: ADVERTISER, data: new Uint8Array(32) } as const;
  assert.is(
    refusalOf(() => decodeAdvertisingPdu(encodeAdvertisingPdu(pdu))),
    'tooLong',
  );
});

test('a connection with parameters that none may have is refused', () => {
  const connect = ADVERTISING[4];
  const invalid = [{ interval: 5 }, { interval: 3201 }, { timeout: 9 }, { timeout: 3201 }, { latency: 500 }];
  for (const change of [...invalid, { interval: 800, timeout: 200 }]) {
    const bytes = encodeAdvertisingPdu({ ...connect, ...change });
    assert.is(
      refusalOf(() => decodeAdvertisingPdu(bytes)),
      'frameInvalid',
      JSON.stringify(change),
    );
  }
});

test('random bytes are read or refused, and what is read is written the same but for unused bits', () => {
  const random = seededRandom('pdu');
  let read = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = random(2 + (round % 40));
    if (round % 2 === 0) bytes[1] = bytes.length - 2;
    if (refusalOf(() => decodeDataPdu(bytes)) === undefined) {
      const pdu = decodeDataPdu(bytes);
      assert.equal(encodeDataPdu(pdu.llid, pdu, pdu.payload).subarray(1), bytes.subarray(1));
      read += 1;
    }
    if (refusalOf(() => decodeAdvertisingPdu(bytes)) === undefined) {
      const pdu = decodeAdvertisingPdu(bytes);
      assert.equal(decodeAdvertisingPdu(encodeAdvertisingPdu(pdu)), pdu);
      read += 1;
    }
  }
  assert.ok(read > 1000);
});

test.run();
