// SPDX-License-Identifier: Apache-2.0

/** What a PNE holds and asks for where contents are signed, whatever members and the server send. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { signContent } from '../groups/signing.ts';
import { ImplementationLimits } from '../limits.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { Refusal } from '../refusal.ts';
import { PROVIDER } from './identities.testing.ts';
import { createMemberSigning } from './member-signing.ts';
import { decodeSignerRequest, encodeSignerKey } from './signer-message.ts';

const test = suite('member signing');

const OWN = PROVIDER.privateKey(Curve.P256, new Uint8Array(32).fill(1));
const OTHER = PROVIDER.privateKey(Curve.P256, new Uint8Array(32).fill(2));
const PLACE = Uint8Array.of(1, 2, 3);
const PAYLOAD = Uint8Array.of(7, 7);
const NONE = new Uint8Array(0);
const { keyMaxRequests, signingMaxHeldBytes, signingMaxKeys } = ImplementationLimits;

function signerOf(sender: number, reference = 2, epoch = 1) {
  return { reference, epoch, sender };
}

function keyOf({ publicKey } = OTHER): Uint8Array {
  return Uint8Array.of(publicKey[63]! & 1, ...publicKey.subarray(0, 32));
}

function create() {
  const time = new VirtualTime();
  const requests: number[] = [];
  const delivered: (readonly [number, number, readonly number[]])[] = [];
  const signing = createMemberSigning(PROVIDER, OWN);
  signing.bind({
    pace: { after: time.after, random: () => 0, heard: 0 },
    send: (message) => requests.push(decodeSignerRequest(message).sender),
    deliver: (...[reference, sender, payload]) => delivered.push([reference, sender, [...payload]]),
  });
  const hear = (signer = signerOf(1), payload = PAYLOAD, by = OTHER) =>
    outcome(() => signing.verify(signer, PLACE, signContent(PROVIDER, by, PLACE, payload)));
  const answer = (signer = signerOf(1), key = keyOf()) =>
    outcome(() => signing.receive(encodeSignerKey({ ...signer, key })));
  return { time, requests, delivered, signing, hear, answer };
}

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.reasonName;
  }
}

test('a content waits for the key of its sender, and those behind it do not', () => {
  const { hear, answer, requests, delivered } = create();
  assert.is(hear(), undefined);
  assert.is(answer(), undefined);
  assert.equal(delivered, [[2, 1, [7, 7]]]);
  assert.equal(hear(), PAYLOAD);
  assert.equal(requests, [1]);
});

test('one content of a group waits, and one of each other group', () => {
  const { hear, requests } = create();
  assert.is(hear(), undefined);
  assert.is(hear(signerOf(3)), 'queueFull');
  assert.is(hear(), 'queueFull');
  assert.is(hear(signerOf(3, 5)), undefined);
  assert.equal(requests, [1, 3]);
});

test('a long content does not wait, and the next of its sender is read', () => {
  const { hear, answer, delivered } = create();
  assert.is(hear(signerOf(1), new Uint8Array(signingMaxHeldBytes)), 'tooLong');
  assert.is(answer(), undefined);
  assert.equal(delivered, []);
  assert.equal(hear(), PAYLOAD);
});

test('what is not answered is asked again, ever more rarely, and given up', () => {
  const { hear, answer, requests, time } = create();
  hear();
  for (let minute = 0; minute < 60; minute++) time.pass(60_000);
  assert.is(requests.length, keyMaxRequests);
  assert.is(answer(), 'stateInvalid');
  assert.is(hear(), undefined);
  assert.is(requests.length, keyMaxRequests + 1);
});

test('an answer that nobody waits for is refused, and nothing is kept of it', () => {
  const { hear, answer, delivered } = create();
  assert.is(answer(), 'stateInvalid');
  hear();
  for (const foreign of [signerOf(2), signerOf(1, 3), signerOf(1, 2, 2)])
    assert.is(answer(foreign), 'stateInvalid');
  assert.is(answer(), undefined);
  assert.is(answer(), 'stateInvalid');
  assert.is(delivered.length, 1);
});

test('a wrong key verifies nothing, and no key ends the waiting', () => {
  const { hear, answer, delivered } = create();
  hear();
  assert.is(answer(signerOf(1), keyOf(OWN)), 'signatureInvalid');
  assert.is(hear(), 'signatureInvalid');
  hear(signerOf(2));
  assert.is(answer(signerOf(2), NONE), 'credentialUnknown');
  hear(signerOf(3));
  assert.is(answer(signerOf(3), new Uint8Array(33).fill(0xff).fill(0, 0, 1)), 'publicKeyInvalid');
  assert.is(hear(signerOf(4)), undefined);
  assert.equal(delivered, []);
});

test('whoever signs by another key than its own is refused, and so is junk', () => {
  const { hear, answer, signing } = create();
  hear();
  answer();
  assert.is(hear(signerOf(1), PAYLOAD, OWN), 'signatureInvalid');
  for (const junk of [NONE, PAYLOAD, new Uint8Array(80)])
    assert.type(
      outcome(() => signing.verify(signerOf(1), PLACE, junk)),
      'string',
    );
  assert.equal(hear(), PAYLOAD);
});

test('a flood of senders that there are not: one waits, one is asked for at a time, and no key is lost', () => {
  const { hear, answer, requests } = create();
  hear();
  answer();
  for (let sender = 100; sender < 400; sender++) {
    hear(signerOf(sender));
    assert.is(hear(signerOf(sender + 300)), 'queueFull');
    assert.is(answer(signerOf(sender), NONE), 'credentialUnknown');
  }
  assert.is(requests.length, 301);
  assert.equal(hear(), PAYLOAD);
});

test('of many members the keys that came last are kept', () => {
  const { hear, answer, requests } = create();
  for (let sender = 0; sender <= signingMaxKeys; sender++) {
    hear(signerOf(sender));
    answer(signerOf(sender));
  }
  for (let sender = 1; sender <= signingMaxKeys; sender++) assert.equal(hear(signerOf(sender)), PAYLOAD);
  assert.is(hear(signerOf(0)), undefined);
  assert.is(requests.length, signingMaxKeys + 2);
});

test('a lost session ends the waiting and keeps the keys; a group that ended keeps neither', () => {
  const { hear, answer, signing, requests, time } = create();
  hear();
  answer();
  hear(signerOf(2));
  signing.stop();
  time.pass(60_000);
  assert.is(requests.length, 2);
  assert.equal(hear(), PAYLOAD);
  hear(signerOf(2));
  signing.forget(2);
  assert.is(answer(signerOf(2)), 'stateInvalid');
  assert.is(hear(), undefined);
});

test.run();
