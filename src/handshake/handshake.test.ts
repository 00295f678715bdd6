// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import { SpecificationLimits } from '../limits.ts';
import type { EadItem } from './ead.ts';
import { assertMatch, none, open } from './handshake.testing.ts';
import { createInitiator } from './initiator.ts';
import { createResponder } from './responder.ts';
import {
  C_I,
  C_R,
  createEnds,
  createIdentity,
  createProvider,
  outcome,
  run,
  runToMessage3,
  text,
} from './test-fixture.ts';

const test = suite('handshake');

for (const method of [0, 1, 2, 3]) {
  for (const number of [0, 1, 2, 3, 4, 5, 6]) {
    test(`method ${method}, suite ${number}: both ends hold the same keys`, () => {
      const ends = createEnds(method, number);
      const { here, there } = run(ends);
      assert.is(here.method, method);
      assert.is(here.suite, number);
      assert.is(here.peer.subject, 'gateway');
      assert.is(there.peer.subject, 'pne');
      assertMatch(here, there);
    });
  }
}

test('EAD of all four messages arrives, each before the next has to be made', () => {
  const item = (label: number): EadItem => ({ label, critical: true, value: text(`value ${label}`) });
  const ends = createEnds(3, 2, [1, 2, 3, 4]);
  const states = run(ends, [[item(1)], [item(2)], [item(3)], [item(4)]]);
  const received = [
    states.received.ead1,
    states.verifiedResponder.ead2,
    states.verifiedInitiator.ead3,
    states.confirmed.content,
  ];
  assert.equal(
    received.map((items) => items.map(({ value, ...rest }) => ({ ...rest, value: value!.slice() }))),
    [[item(1)], [item(2)], [item(3)], [item(4)]],
  );
});

test('a critical item that the receiver does not know is refused in every message', () => {
  for (const message of [0, 1, 2, 3]) {
    const fields: EadItem[][] = [[], [], [], []];
    fields[message] = [{ label: 9, critical: true }];
    assert.is(
      outcome(() => run(createEnds(), fields)),
      'criticalEadUnknown',
      `EAD_${message + 1}`,
    );
    fields[message] = [{ label: 9, critical: false }];
    run(createEnds(), fields);
  }
});

test('handshakes that differ in nothing but their ephemeral keys share no keys', () => {
  const ends = createEnds();
  const [one, two] = [run(ends), run(ends)];
  assert.not.equal(one.here.transcript, two.here.transcript);
  assert.not.equal(one.here.exportBytes(0, none, 16), two.here.exportBytes(0, none, 16));
});

test('exported values differ by label, context and length', () => {
  const { here } = run(createEnds());
  const base = here.exportBytes(32768, none, 16);
  assert.not.equal(here.exportBytes(32769, none, 16), base);
  assert.not.equal(here.exportBytes(32768, text('x'), 16), base);
  assert.not.equal(here.exportBytes(32768, none, 17).subarray(0, 16), base);
  assert.equal(here.exportBytes(32768, none, 16), base);
});

test('a key update gives both ends the same new keys, and closes the old', () => {
  const { here, there } = run(createEnds());
  const before = here.exportBytes(0, none, 16);
  const [mine, theirs] = [here.updateKey(text('nonce')), there.updateKey(text('nonce'))];
  assertMatch(mine, theirs);
  assert.not.equal(mine.exportBytes(0, none, 16), before);
  assert.is(
    outcome(() => here.exportBytes(0, none, 16)),
    'keyWiped',
  );
  assert.not.equal(
    mine.updateKey(text('a')).transcript,
    theirs.updateKey(text('b')).exportBytes(0, none, 32),
  );
});

test('a security context for a MAC has a key as long as the MAC asks', () => {
  const { here, there } = run(createEnds());
  const [mine, theirs] = [here, there].map((end) => open(end.securityContext(Algorithm.HMAC_256_64)));
  assert.equal(theirs!.unprotect(mine!.protect(text('readable'))), text('readable'));
  assert.is(
    outcome(() => here.securityContext(Algorithm.SHA_256)),
    'unsupportedAlgorithm',
  );
});

test('labels that are no unsigned integers are refused', () => {
  const { here } = run(createEnds());
  for (const label of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.is(
      outcome(() => here.exportBytes(label, none, 16)),
      'badArgument',
    );
  }
});

test('a first protected reply confirms as message_4 does', () => {
  const { unconfirmed, verifiedInitiator } = runToMessage3(createEnds());
  const { established, answerTo } = verifiedInitiator.conclude();
  assert.is(answerTo(unconfirmed.message), undefined);
  const reply = open(established.securityContext()).protect(text('reply'));
  const confirmed = unconfirmed.confirm((context) => open(context).unprotect(reply));
  assert.equal(confirmed.content, text('reply'));
  assertMatch(confirmed.established, established);
});

test('a reply that does not verify confirms nothing, and the true one still does', () => {
  const { unconfirmed, verifiedInitiator } = runToMessage3(createEnds());
  const reply = open(verifiedInitiator.conclude().established.securityContext()).protect(text('reply'));
  const forged = reply.slice();
  forged[forged.length - 1]! ^= 1;
  assert.is(
    outcome(() => unconfirmed.confirm((context) => open(context).unprotect(forged))),
    'decryptionFailure',
  );
  unconfirmed.confirm((context) => open(context).unprotect(reply));
});

test('of two claims the later one counts', () => {
  const ends = createEnds();
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  const [earlier, later] = [waiting.receive(answer.message), waiting.receive(answer.message)];
  assert.is(
    outcome(() => earlier.verify(ends.responderIdentity.credential)),
    'stateInvalid',
  );
  later.verify(ends.responderIdentity.credential).finish();
});

test('an Initiator that is told of SUITES_R offers what it prefers and the suite selected', () => {
  const ends = createEnds();
  const here = createProvider(5);
  const identities = [createIdentity(here, 4, 'pne', Uint8Array.of(0x2b)), ends.initiatorIdentity];
  const initiator = createInitiator({ ...ends.initiatorOptions, identities, suites: [0, 2] });
  const first = initiator.start({ connectionId: C_I });
  assert.is(
    outcome(() => ends.responder.receive(first.message)),
    'suiteNotSupported',
  );
  const second = first.retry([2]);
  assert.is(second.suite, 2);
  assert.is(second.message.length, 39);
  const answer = ends.responder.receive(second.message).respond({ connectionId: C_R });
  second.receive(answer.message).verify(ends.responderIdentity.credential).finish();
  assert.is(
    outcome(() => second.retry([0])),
    'stateInvalid',
  );
  // Errors may be forged: the first handshake goes on waiting, and takes no answer to the second.
  assert.is.not(
    outcome(() => first.receive(answer.message)),
    'accepted',
  );
});

test('equal and too long connection identifiers are refused by both ends', () => {
  const ends = createEnds();
  const tooLong = new Uint8Array(SpecificationLimits.maxKidBytes + 1);
  assert.is(
    outcome(() => ends.initiator.start({ connectionId: tooLong })),
    'connectionIdInvalid',
  );
  const received = ends.responder.receive(ends.initiator.start({ connectionId: C_I }).message);
  assert.equal(received.peerConnectionId.slice(), C_I);
  for (const connectionId of [tooLong, C_I]) {
    assert.is(
      outcome(() => received.respond({ connectionId })),
      'connectionIdInvalid',
    );
  }
});

test('connection identifiers of every length serve as OSCORE IDs', () => {
  for (let length = 0; length <= SpecificationLimits.maxKidBytes; length++) {
    const ends = createEnds(3, 0);
    const [cI, cR] = [
      new Uint8Array(length).fill(1),
      new Uint8Array(SpecificationLimits.maxKidBytes - length).fill(2),
    ];
    const waiting = ends.initiator.start({ connectionId: cI });
    const answer = ends.responder.receive(waiting.message).respond({ connectionId: cR });
    const { message } = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
    const { established } = answer.receive(message).verify(ends.initiatorIdentity.credential).conclude();
    const { senderId, recipientId } = established.securityContext();
    assert.equal([senderId, recipientId], [cI, cR]);
  }
});

test('options with which a handshake could not be run are refused', () => {
  const { initiatorOptions, responderOptions } = createEnds();
  for (const [change, reason] of [
    [{ suites: [] }, 'badArgument'],
    [{ identities: [] }, 'badArgument'],
    [{ suites: [2, 0] }, 'badArgument'],
    [{ suites: [7] }, 'suiteNotSupported'],
    [{ method: 4, methods: [4] }, 'methodNotSupported'],
  ] as const) {
    assert.is(
      outcome(() => createInitiator({ ...initiatorOptions, ...change })),
      reason,
    );
    assert.is(
      outcome(() => createResponder({ ...responderOptions, ...change })),
      reason,
    );
  }
  assert.is(
    outcome(() => createResponder({ ...responderOptions, methods: [] })),
    'badArgument',
  );
});

test.run();
