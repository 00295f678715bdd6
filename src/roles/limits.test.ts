// SPDX-License-Identifier: Apache-2.0

/** Limits of different rooms meet in one message: none may refuse what another has let in. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { ALGORITHMS, fixtureOf, provider } from '../session/test-fixture.ts';
import { encodeMessage, MessageType } from './message.ts';

const { payloadMaxBytes, handshakeMaxMessageBytes, pneMaxMessageBytes } = ImplementationLimits;
const { linkMaxMessageBytes, recordMaxMessageBytes, pneMaxOutstandingBytes } = ImplementationLimits;

const test = suite('roles/limits');

/** The longest that nonces of 12 bytes, which most algorithms have, leave room for. */
const longKid = (byte: number) => new Uint8Array(SpecificationLimits.maxKidBytes - 1).fill(byte);

/** The record that adds most to what it protects: a long kid, the last number that every key may have. */
function longestRecord(algorithm: number, plaintext: Uint8Array): Uint8Array {
  const ids = { senderId: longKid(1), recipientId: longKid(2) };
  const options = { firstSequenceNumber: SpecificationLimits.ccm8MaxSealed - 2, reserve(): void {} };
  return fixtureOf(provider).pair(algorithm, ids, options).server.protect(plaintext);
}

function onLink(algorithm: number, inner: Uint8Array): number {
  return encodeChannelMessage(Channel.hopRecord, longestRecord(algorithm, inner)).length;
}

const reading = encodeMessage({
  type: MessageType.reading,
  number: ImplementationLimits.maxReadingsPerBoot - 1,
  payload: new Uint8Array(payloadMaxBytes),
});

for (const [name, algorithm] of ALGORITHMS) {
  test(`${name}: the longest reading and the longest handshake message fit into a PNE's message`, () => {
    const body = longestRecord(algorithm, reading);
    assert.ok(onLink(algorithm, encodeChannelMessage(Channel.endToEndRecord, body)) <= pneMaxMessageBytes);
    const handshake = new Uint8Array(handshakeMaxMessageBytes);
    const inner = encodeChannelMessage(Channel.endToEndHandshake, handshake);
    assert.ok(onLink(algorithm, inner) <= pneMaxMessageBytes);
  });
}

test('what a PNE may send fits into a record and into a link message', () => {
  assert.ok(reading.length <= recordMaxMessageBytes);
  assert.ok(recordMaxMessageBytes <= SpecificationLimits.ccm8MaxMessageBytes);
  assert.ok(pneMaxMessageBytes <= linkMaxMessageBytes);
  assert.ok(2 * linkMaxMessageBytes <= ImplementationLimits.fragmentMaxQueuedBytes);
});

test('two of the longest readings may wait for their receipts, and no window is too short for those that do', () => {
  assert.ok(2 * reading.length <= pneMaxOutstandingBytes);
  assert.ok(ImplementationLimits.pneMaxOutstanding < ImplementationLimits.replayWindowSize);
});

test('the payload has room for its longest text', () => {
  const longestHead = 3;
  assert.ok(ImplementationLimits.payloadMaxTextBytes + 2 * longestHead <= payloadMaxBytes);
});

test.run();
