// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../../../crypto/algorithms.ts';
import { createSession } from '../../../session/session.ts';
import { createNodeProvider } from '../../crypto/provider.ts';
import { observeRecords, type SeenRecord } from './record-tap.ts';

const test = suite('page/trace/record-tap');
const PLAINTEXT = Uint8Array.of(1, 2, 3);

function sessions(onSeen: (what: string, seen: SeenRecord) => void) {
  const plain = createNodeProvider();
  const observed = observeRecords(plain, {
    onSealed: (seen) => onSeen('sealed', seen),
    onOpened: (seen) => onSeen('opened', seen),
  });
  const session = (provider: typeof plain, own: number) =>
    createSession(
      {
        provider,
        algorithm: Algorithm.AES_CCM_16_64_128,
        masterSecret: provider.secret(new Uint8Array(16)),
        masterSalt: new Uint8Array(8),
        senderId: Uint8Array.of(own),
        recipientId: Uint8Array.of(1 - own),
      },
      { firstSequenceNumber: 0, reserve(): void {} },
    );
  return { own: session(observed, 0), twin: session(plain, 0), peer: session(plain, 1) };
}

test('what is sealed and opened is seen as it is, with the length of its tag, and is the same as without', () => {
  const all: [string, SeenRecord][] = [];
  const { own, twin, peer } = sessions((what, seen) => all.push([what, seen]));
  const record = own.protect(PLAINTEXT);
  assert.equal(record, twin.protect(PLAINTEXT));
  const target = new Uint8Array(64);
  const length = own.protectInto(PLAINTEXT, target);
  const answer = peer.protect(PLAINTEXT);
  assert.equal(own.unprotect(answer), PLAINTEXT);
  assert.equal(
    all.map(([what, { record: seen, plaintext, tagLength }]) => [what, seen, plaintext, tagLength]),
    [
      ['sealed', record, PLAINTEXT, 8],
      ['sealed', target.slice(0, length), PLAINTEXT, 8],
      ['opened', answer, PLAINTEXT, 8],
    ],
  );
  assert.is(all[0]![1].end, all[1]![1].end);
  assert.is.not(all[0]![1].end, all[2]![1].end);
});

test('what is refused is not seen, and an observer has copies', () => {
  let seen: SeenRecord | undefined;
  const { own, peer } = sessions((_what, one) => {
    seen = one;
  });
  const answer = peer.protect(PLAINTEXT);
  answer[answer.length - 1]! ^= 1;
  assert.throws(() => own.unprotect(answer), 'decryptionFailure');
  assert.is(seen, undefined);
  const record = own.protect(PLAINTEXT);
  const kept = seen!.record.slice();
  record.fill(0);
  assert.equal(seen!.record, kept);
});

test.run();
