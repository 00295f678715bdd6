// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flipBit, pattern } from '../crypto/check.testing.ts';
import { Curve } from '../crypto/curves.ts';
import { ccsCredential, encodeCcs } from '../handshake/credential.ts';
import { createPreSharedKey } from '../handshake/psk/credential.ts';
import { open, provider, shown } from '../store/fixture.testing.ts';
import { createMemoryMedium, type MemoryMedium } from '../store/medium.testing.ts';
import { Purpose } from '../store/store.ts';
import type { ResumptionKey } from './resumption.ts';
import { PeerIndex, storedResumptionSlot } from './stored-resumption.ts';

const test = suite('stored resumption');

const [pne, server] = [1, 2].map((kid) => {
  const { curve, publicKey } = provider.privateKey(Curve.P256, pattern(32, kid));
  return ccsCredential(encodeCcs({ curve, publicKey, kid: Uint8Array.of(kid) }, `end-${kid}`));
}) as [ReturnType<typeof ccsCredential>, ReturnType<typeof ccsCredential>];

function key(seed: number): ResumptionKey {
  const psk = createPreSharedKey(pattern(2, seed), provider.secret(pattern(16, seed)), pne, server);
  return { suite: 2, psk, peer: server };
}

const slot = (medium: MemoryMedium) => storedResumptionSlot(open(medium), PeerIndex.server, pne, server);
const told = (from: ResumptionKey | undefined) =>
  from &&
  [from.suite, from.psk.idCred.join(), shown({ data: new Uint8Array(0), key: from.psk.secret })].join();

test('a key is there after a start, with its suite, its reference and its ends', () => {
  const medium = createMemoryMedium();
  assert.is(slot(medium).key, undefined);
  slot(medium).keep(key(3));
  const found = slot(medium.restart()).key;
  assert.is(told(found), told(key(3)));
  assert.is(found?.peer, server);
  assert.is(found?.psk.initiator, pne);
  assert.is(found?.psk.responder, server);
});

test('the newest key takes the place of the former, which is wiped', () => {
  const medium = createMemoryMedium();
  const own = slot(medium);
  const former = key(3);
  own.keep(former);
  own.keep(key(4));
  assert.throws(() => told(former), /keyWiped/);
  assert.is(told(slot(medium).key), told(key(4)));
});

test('a record that is altered is no key, and the next one takes its place', () => {
  const medium = createMemoryMedium();
  slot(medium).keep(key(3));
  const [name, bytes] = [...medium.values].find(([each]) => each !== 'head')!;
  medium.values.set(name, flipBit(bytes, 100));
  const own = slot(medium);
  assert.is(own.key, undefined);
  own.keep(key(4));
  assert.is(told(slot(medium).key), told(key(4)));
});

test('a key that cannot be stored is kept as long as the device runs', () => {
  const medium = createMemoryMedium();
  const own = slot(medium);
  medium.failAt(0, 'full');
  own.keep(key(3));
  assert.is(told(own.key), told(key(3)));
  assert.is(slot(medium).key, undefined);
});

test('a record of another use is no key', () => {
  const medium = createMemoryMedium();
  open(medium).write(Purpose.peer, PeerIndex.server, { data: pattern(3, 1) });
  assert.is(slot(medium).key, undefined);
});

test.run();
