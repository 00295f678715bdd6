// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import trace from '../../../tools/vectors/edhoc-psk-draft/psk_suite2.json';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { CborWriter } from '../../cbor/writer.ts';
import { createNobleProvider } from '../../crypto/noble/provider.ts';
import { encodeIdentifier } from '../identifier.ts';
import { createRecordingProvider, type RecordingProvider } from '../recording-provider.testing.ts';
import { createPreSharedKey } from './credential.ts';
import { createPskInitiator } from './initiator.ts';
import { decodePlaintext3A, encodePlaintext3A } from './messages.ts';
import { createPskResponder } from './responder.ts';
import { resumptionKey } from './resumption.ts';

/** draft-ietf-lake-edhoc-psk-08, through the real Initiator and Responder. */
const test = suite('EDHOC-PSK trace');

function hexOf(name: string): string {
  return trace.vectors.find((entry) => entry.name === name)!.hex;
}

function createEnd(ephemeral: string) {
  const inner = createNobleProvider(() => assert.unreachable('a trace has no randomness'));
  const provider = createRecordingProvider(inner, [hexOf(ephemeral)]);
  const secret = provider.secret(fromHex(hexOf('PSK')));
  const parties = ['CRED_I', 'CRED_R'].map((name) => ({ cred: fromHex(hexOf(name)) }));
  const psk = createPreSharedKey(fromHex(hexOf('ID_CRED_PSK')), secret, parties[0]!, parties[1]!);
  return { provider, psk };
}

function run(): readonly RecordingProvider[] {
  const [here, there] = [createEnd('X'), createEnd('Y')];
  const initiator = createPskInitiator({ ...here, version: 8, suite: 2 });
  const responder = createPskResponder({ ...there, version: 8, suites: [2] });
  const waiting = initiator.start({ connectionId: fromHex(hexOf('C_I')) });
  assert.is(toHex(waiting.message), hexOf('message_1'));
  const answer = responder.receive(waiting.message).respond({ connectionId: fromHex(hexOf('C_R')) });
  assert.is(toHex(answer.message), hexOf('message_2'));
  const unconfirmed = waiting.receive(answer.message).finish();
  assert.is(toHex(unconfirmed.message), hexOf('message_3'));
  const answered = answer.receive(unconfirmed.message).verify(there.psk).answer();
  assert.is(toHex(answered.message), hexOf('message_4'));
  const { established } = unconfirmed.receive(answered.message);
  for (const end of [established, answered.established]) {
    const { idCred } = resumptionKey(end, here.psk.initiator, here.psk.responder);
    assert.is(toHex(idCred.slice(-2)), hexOf('rKID'));
  }
  return [here.provider, there.provider];
}

/** Checked by name or by the messages that hold them, or empty. */
const MESSAGES = ['message_1', 'message_2', 'message_3', 'message_4'];
const ELSEWHERE = [...MESSAGES, 'METHOD', 'SUITES_I', 'PLAINTEXT_3A'];

test('both ends compute every value', () => {
  for (const [i, { values }] of run().entries()) {
    const wrapped = new Set(
      [...values].map((hex) => toHex(new CborWriter().byteString(fromHex(hex)).finish())),
    );
    const messages = MESSAGES.map(hexOf);
    const contained = [
      'C_I',
      'C_R',
      'ID_CRED_PSK',
      'CRED_I',
      'CRED_R',
      'TEXT_2A',
      'TEXT_3A',
      'CIPHERTEXT_3B',
    ];
    const entries = trace.vectors.filter(
      ({ name, hex }) => hex !== '' && !ELSEWHERE.includes(name) && name !== (i === 0 ? 'Y' : 'X'),
    );
    for (const { section, name, hex } of entries) {
      const isComputed = values.has(hex) || wrapped.has(hex);
      const isContained =
        contained.some((part) => name.includes(part)) &&
        [...values, ...messages].some((value) => value.includes(hex));
      assert.ok(isComputed || isContained, `${section}: ${name}`);
    }
    assert.is(entries.length, 37);
  }
});

test('fields of messages', () => {
  assert.is(hexOf('message_1').slice(0, 4), hexOf('METHOD') + hexOf('SUITES_I'));
  assert.is(toHex(encodeIdentifier(fromHex('0a'))), hexOf('C_I'));
  const keystream = fromHex(hexOf('KEYSTREAM_3A'));
  const plaintext = fromHex(hexOf('CIPHERTEXT_3A')).map((byte, i) => byte ^ keystream[i]!);
  assert.is(toHex(plaintext), hexOf('PLAINTEXT_3A'));
  const fields = decodePlaintext3A(plaintext);
  assert.is(toHex(encodePlaintext3A(fields.idCred, fields.ciphertext3B)), hexOf('PLAINTEXT_3A'));
});

test('sizes: 37 + 35 + 13 = 85 bytes, and 9 for message_4', () => {
  const sizes = ['message_1', 'message_2', 'message_3', 'message_4'].map((name) => hexOf(name).length / 2);
  assert.equal(sizes, [37, 35, 13, 9]);
});

test.run();
