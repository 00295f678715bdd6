// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outcome } from '../cose/test-fixture.ts';
import { ImplementationLimits } from '../limits.ts';
import { provider } from '../session/test-fixture.ts';
import { parseContent } from './content.ts';
import { memberOf, REFERENCE } from './group.testing.ts';

const test = suite('group');

const { groupMaxKeyedSenders, groupMaxSenders } = ImplementationLimits;

const PAYLOAD = Uint8Array.of(1, 2, 3, 4, 5);

function pair() {
  return { a: memberOf(provider, 1), b: memberOf(provider, 2) };
}

test('a content is 11 bytes longer than its plaintext at first, 12 from the 257th', () => {
  const { a, b } = pair();
  const lengths = Array.from({ length: 300 }, () => {
    const content = a.seal(PAYLOAD);
    assert.equal(b.open(content), PAYLOAD);
    return content.length - PAYLOAD.length;
  });
  assert.is(lengths[0], 11);
  assert.is(lengths[255], 11);
  assert.is(lengths[256], 12);
});

test('a content is taken once', () => {
  const { a, b } = pair();
  const content = a.seal(PAYLOAD);
  b.open(content);
  assert.is(
    outcome(() => b.open(content)),
    'replay',
  );
});

test('a content that was changed anywhere is refused, and then taken as it was', () => {
  const { a, b } = pair();
  const content = a.seal(PAYLOAD);
  for (let bit = 0; bit < content.length * 8; bit++) {
    const changed = content.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.not.equal(
      outcome(() => b.open(changed)),
      'accepted',
      `${bit}`,
    );
  }
  assert.equal(b.open(content), PAYLOAD);
});

test('a content is under the key of its group alone', () => {
  const { a } = pair();
  const other = memberOf(provider, 2, { reference: REFERENCE + 1 });
  const content = parseContent(a.seal(PAYLOAD));
  assert.is(
    outcome(() => other.group.open(content)),
    'decryptionFailure',
  );
});

test('a member does not take what names itself as sender', () => {
  const { a } = pair();
  assert.is(
    outcome(() => a.open(memberOf(provider, 1).seal(PAYLOAD))),
    'senderForeign',
  );
});

test('a new boot of a sender begins anew, and its former ones are over', () => {
  const { a, b } = pair();
  const former = [a.seal(PAYLOAD, 1), a.seal(PAYLOAD, 1)];
  b.open(former[0]!);
  assert.equal(b.open(a.seal(PAYLOAD, 3)), PAYLOAD);
  assert.is(
    outcome(() => b.open(former[1]!)),
    'replay',
  );
  assert.is(
    outcome(() => b.open(former[0]!)),
    'replay',
  );
});

test('no boot makes what another has made, though each begins at 0', () => {
  const { a } = pair();
  const contents = [1, 2, 3].map((boot) =>
    a
      .seal(PAYLOAD, boot)
      .slice(-PAYLOAD.length - 8)
      .join(),
  );
  assert.is(new Set(contents).size, 3);
});

test('a boot before that in which the key was made, or before the present one, seals nothing', () => {
  const member = memberOf(provider, 1, { firstBoot: 5 });
  assert.is(
    outcome(() => member.seal(PAYLOAD, 4)),
    'stateInvalid',
  );
});

test('a forged boot takes no place of a true one', () => {
  const { a, b } = pair();
  b.open(a.seal(PAYLOAD));
  const later = a.seal(PAYLOAD);
  const forged = a.seal(PAYLOAD, 9);
  forged[forged.length - 1]! ^= 1;
  assert.is(
    outcome(() => b.open(forged)),
    'decryptionFailure',
  );
  assert.equal(b.open(later), PAYLOAD);
});

test('the former epoch is taken until it ends, and nothing is made in it', () => {
  const { a, b } = pair();
  const content = a.seal(PAYLOAD);
  const late = a.seal(PAYLOAD);
  b.advance(2);
  assert.equal(b.open(content), PAYLOAD);
  b.group.endFormer();
  assert.is(
    outcome(() => b.open(late)),
    'keyEpochInvalid',
  );
  a.advance(2);
  assert.equal(b.open(a.seal(PAYLOAD)), PAYLOAD);
});

test('who has left cannot read what follows, who joins not what came before', () => {
  const { a, b } = pair();
  const before = a.seal(PAYLOAD);
  a.advance(2);
  const after = a.seal(PAYLOAD);
  assert.is(
    outcome(() => b.open(after)),
    'keyEpochInvalid',
  );
  const joined = memberOf(provider, 3, { epoch: 2 });
  assert.is(
    outcome(() => joined.open(before)),
    'keyEpochInvalid',
  );
  assert.equal(joined.open(after), PAYLOAD);
});

test('an epoch four later, which looks the same, is another key', () => {
  const { a, b } = pair();
  a.advance(5);
  assert.is(
    outcome(() => b.open(a.seal(PAYLOAD))),
    'decryptionFailure',
  );
});

test('a group that is destroyed seals and opens nothing', () => {
  const { a, b } = pair();
  const content = a.seal(PAYLOAD);
  b.group.destroy();
  b.group.destroy();
  assert.is(
    outcome(() => b.open(content)),
    'keyPurposeInvalid',
  );
  assert.is(
    outcome(() => b.seal(PAYLOAD)),
    'keyPurposeInvalid',
  );
});

test('senders beyond those that are told apart are refused, and none of those is forgotten', () => {
  const b = memberOf(provider, 900);
  const senders = Array.from({ length: groupMaxSenders }, (_, number) => memberOf(provider, number));
  const first = senders.map((sender) => sender.seal(PAYLOAD));
  for (const content of first) b.open(content);
  assert.is(
    outcome(() => b.open(memberOf(provider, 700).seal(PAYLOAD))),
    'groupFull',
  );
  for (const content of first)
    assert.is(
      outcome(() => b.open(content)),
      'replay',
    );
  for (const sender of senders) assert.equal(b.open(sender.seal(PAYLOAD)), PAYLOAD);
});

test('few keys of senders are held, whoever is heard', () => {
  let held = 0;
  const records = provider.records!;
  const counting = {
    ...provider,
    records: {
      ...records,
      createRecipient(...of: Parameters<typeof records.createRecipient>) {
        held += 1;
        return records.createRecipient(...of);
      },
      wipe(end: Parameters<typeof records.wipe>[0]) {
        held -= 1;
        records.wipe(end);
      },
    },
  };
  const b = memberOf(counting, 900);
  for (let round = 0; round < 3; round++)
    for (let number = 0; number < 20; number++) {
      b.open(memberOf(provider, number).seal(PAYLOAD, 1 + round));
      assert.ok(held <= groupMaxKeyedSenders);
    }
  b.group.destroy();
  assert.is(held, 0);
});

test('forgeries are counted together for all senders that were never heard', () => {
  const b = memberOf(provider, 900);
  const forged = memberOf(provider, 1).seal(PAYLOAD);
  forged[forged.length - 1]! ^= 1;
  for (let round = 0; round < 3; round++) outcome(() => b.open(forged));
  const { present } = b.group as unknown as { present: { failed: number } };
  assert.is(present.failed, 3);
});

test.run();
