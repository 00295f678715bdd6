// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flipBit, pattern, refuses } from '../crypto/check.testing.ts';
import { Curve } from '../crypto/curves.ts';
import { open, provider, record, shown } from './fixture.testing.ts';
import { createMemoryMedium } from './medium.testing.ts';
import { MAX_RECORD_CONTENT, PURPOSE_RECORDS, Purpose, type StoredRecord } from './store.ts';

const store = suite('sealed store');
const KEY = provider.secret(pattern(16, 5));
const LONGEST = MAX_RECORD_CONTENT;

/** A store with a record of each kind, and what is in it. */
function filled() {
  const medium = createMemoryMedium();
  const opened = open(medium);
  opened.write(Purpose.userKey, 0, record(3, 2, KEY));
  opened.write(Purpose.peer, 0, record(4, 3, KEY));
  opened.write(Purpose.peer, 1, record(4, 3, KEY));
  opened.write(Purpose.grant, 0, record(20, 4));
  return { medium, opened };
}

/** The name and bytes of a record. */
function kept(medium: ReturnType<typeof createMemoryMedium>, place: number): [string, Uint8Array] {
  return [...medium.values].find(([name]) => name.slice(1) === `${place}`)!;
}

store('gives back what was written, after a start too', () => {
  const medium = createMemoryMedium();
  const identity = provider.generateKey(Curve.P256);
  const written: [Purpose, number, StoredRecord][] = [
    [Purpose.identity, 0, record(LONGEST - 32, 1, identity)],
    [Purpose.userKey, 0, record(0, 1, KEY)],
    [Purpose.groupKey, 7, record(LONGEST - 16, 2, KEY)],
    [Purpose.peer, 15, record(2, 3, provider.secret(pattern(32, 4)))],
    [Purpose.credential, 1, record(LONGEST, 5)],
    [Purpose.grant, 0, record(0, 6)],
  ];
  const first = open(medium);
  for (const [purpose, index, each] of written) first.write(purpose, index, each);
  for (const opened of [first, open(medium.restart())]) {
    for (const [purpose, index, each] of written) assert.is(shown(opened.read(purpose, index)), shown(each));
    assert.is(opened.read(Purpose.peer, 0), undefined);
  }
});

store('keeps at most 64 bytes a record, and no byte of it in the clear', () => {
  const { medium, opened } = filled();
  opened.write(Purpose.groupKey, 0, record(LONGEST, 9));
  for (const [name, bytes] of medium.values) assert.ok(bytes.length <= 64, name);
  const sought = pattern(LONGEST, 9).subarray(0, 6).join();
  for (const bytes of medium.values.values()) assert.not.match(bytes.join(), sought);
});

store('refuses what is too long, a private key of another curve, and an index that is none', () => {
  const { medium, opened } = filled();
  const before = new Map(medium.values);
  refuses('tooLong', () => opened.write(Purpose.grant, 0, record(LONGEST + 1, 1)));
  refuses('tooLong', () => opened.write(Purpose.grant, 0, record(LONGEST - 15, 1, KEY)));
  const x25519 = provider.generateKey(Curve.X25519);
  refuses('badArgument', () => opened.write(Purpose.identity, 0, record(1, 1, x25519)));
  for (const index of [-1, 16, 0.5, Number.NaN])
    refuses('badArgument', () => opened.read(Purpose.peer, index), `${index}`);
  refuses('badArgument', () => opened.write(PURPOSE_RECORDS.length as Purpose, 0, record(1, 1)));
  const twice = { purpose: Purpose.grant, index: 0, record: record(1, 1) } as const;
  refuses('badArgument', () => opened.change([twice, twice]));
  assert.equal(medium.values, before);
});

store('refuses a record with any one bit flipped, and every length but its own', () => {
  const { medium } = filled();
  const [name, bytes] = kept(medium, 1);
  const opened = open(medium);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    medium.values.set(name, flipBit(bytes, bit));
    refuses('sealInvalid', () => opened.read(Purpose.userKey, 0), `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++) {
    medium.values.set(name, bytes.slice(0, length));
    refuses('sealInvalid', () => opened.read(Purpose.userKey, 0), `${length} bytes`);
  }
  medium.values.set(name, Uint8Array.of(...bytes, 0));
  refuses('sealInvalid', () => opened.read(Purpose.userKey, 0));
  medium.values.set(name, new Uint8Array(200));
  refuses('sealInvalid', () => opened.read(Purpose.userKey, 0));
});

store('refuses records that were moved or swapped, within a purpose and between two', () => {
  const { medium } = filled();
  const [user, first, second] = [kept(medium, 1), kept(medium, 14), kept(medium, 15)];
  const opened = open(medium);
  medium.values.set(first[0], second[1]);
  medium.values.set(second[0], first[1]);
  refuses('sealInvalid', () => opened.read(Purpose.peer, 0));
  refuses('sealInvalid', () => opened.read(Purpose.peer, 1));
  medium.values.set(user[0], first[1]);
  refuses('sealInvalid', () => opened.read(Purpose.userKey, 0));
});

store('refuses a record that another has taken the place of', () => {
  const { medium, opened } = filled();
  const stale = kept(medium, 1)[1];
  for (let i = 0; i < 2; i++) opened.write(Purpose.userKey, 0, record(3, 10 + i, KEY));
  const [name, newest] = kept(medium, 1);
  medium.values.set(name, stale);
  refuses('sealStale', () => open(medium).read(Purpose.userKey, 0));
  medium.values.set(name, newest);
  assert.is(shown(open(medium).read(Purpose.userKey, 0)), shown(record(3, 11, KEY)));
});

store('never finds again what was removed, whatever is put back in its place', () => {
  const { medium, opened } = filled();
  const [name, revoked] = kept(medium, 1);
  opened.remove(Purpose.userKey, 0);
  assert.is(opened.read(Purpose.userKey, 0), undefined);
  for (const side of ['a1', 'b1']) medium.values.set(side, revoked);
  assert.is(open(medium).read(Purpose.userKey, 0), undefined);
  const again = open(medium);
  assert.not.ok(medium.values.has(name));
  again.write(Purpose.userKey, 0, record(3, 12, KEY));
  for (const side of ['a1', 'b1']) medium.values.set(side, revoked);
  refuses('sealStale', () => open(medium).read(Purpose.userKey, 0));
});

store('names a record that is missing, and takes another in its place', () => {
  const { medium } = filled();
  medium.values.delete(kept(medium, 1)[0]);
  const opened = open(medium);
  refuses('sealMissing', () => opened.read(Purpose.userKey, 0));
  opened.write(Purpose.userKey, 0, record(1, 1));
  assert.is(shown(opened.read(Purpose.userKey, 0)), shown(record(1, 1)));
});

store('refuses a head that is altered, short, or of another device, and a record of one', () => {
  const { medium } = filled();
  const head = medium.values.get('head')!;
  for (let bit = 0; bit < 8 * head.length; bit++) {
    medium.values.set('head', flipBit(head, bit));
    refuses('storeInvalid', () => open(medium), `bit ${bit}`);
  }
  medium.values.set('head', head.slice(0, -1));
  refuses('storeInvalid', () => open(medium));
  medium.values.set('head', kept(medium, 1)[1]);
  refuses('storeInvalid', () => open(medium));
  medium.values.set('head', head);
  refuses('storeInvalid', () => open(medium, provider.secret(pattern(32, 2))));
  const other = createMemoryMedium();
  open(other, provider.secret(pattern(32, 2))).write(Purpose.userKey, 0, record(3, 2, KEY));
  medium.values.set(...kept(other, 1));
  refuses('sealInvalid', () => open(medium).read(Purpose.userKey, 0));
});

store('takes no record of a store that was erased for one of the next', () => {
  const { medium } = filled();
  const [name, bytes] = kept(medium, 1);
  medium.values.delete('head');
  const next = open(medium);
  assert.is(next.read(Purpose.userKey, 0), undefined);
  assert.is(medium.values.size, 0);
  next.write(Purpose.userKey, 0, record(3, 2, KEY));
  medium.values.set(name, bytes);
  refuses('sealInvalid', () => open(medium).read(Purpose.userKey, 0));
});

store('keeps records apart that have the same content, in the same place too', () => {
  const { medium, opened } = filled();
  const seen = new Set<string>();
  for (let i = 0; i < 10; i++) {
    opened.write(Purpose.grant, 0, record(20, 4));
    seen.add(kept(medium, 3)[1].slice(10).join());
  }
  assert.is(seen.size, 10);
});

store('goes on past its last version', () => {
  const { medium, opened } = filled();
  for (let i = 0; i < 300; i++) {
    opened.write(Purpose.grant, 0, record(20, i % 7));
    assert.is(shown(opened.read(Purpose.grant, 0)), shown(record(20, i % 7)), `${i}`);
  }
  assert.is(shown(open(medium).read(Purpose.grant, 0)), shown(record(20, 299 % 7)));
});

store('counts boots beside the records, in one write each', () => {
  const { medium, opened } = filled();
  assert.is(opened.boots.epoch, undefined);
  const before = { ...medium.changes };
  opened.boots.write(2 ** 21 - 1);
  assert.equal([medium.changes.writes - before.writes, medium.changes.removals], [1, before.removals]);
  const next = open(medium.restart());
  assert.is(next.boots.epoch, 2 ** 21 - 1);
  assert.is(shown(next.read(Purpose.grant, 0)), shown(record(20, 4)));
});

store('leaves the keys that are written to their owner', () => {
  const { opened } = filled();
  const key = provider.secret(pattern(16, 8));
  for (let i = 0; i < 2; i++) opened.write(Purpose.pnKey, 0, record(1, 1, key));
  assert.is(shown(opened.read(Purpose.pnKey, 0)), shown(record(1, 1, key)));
});

store.run();
