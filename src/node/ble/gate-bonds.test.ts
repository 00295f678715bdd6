// SPDX-License-Identifier: Apache-2.0

/** What the gate makes of bonds, and what it leaves of them. */
import type { EventEmitter } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bonds } from './bonds.ts';
import { bonded, fail, KEY, PEER, scene } from './gate.testing.ts';
import { memoryStore } from './memory-store.testing.ts';

const test = suite('node/ble/gate-bonds');

test('a bond is not replaced by a pairing, whoever asks', () => {
  const bonds = bonded(true);
  const { request, did } = scene({ bonds, hasLtk: true });
  request();
  assert.equal(did, ['failed 5', 'disconnect 5', 'refused pairing: has a bond already']);
});

test('a bond without its key is none: it makes room for a pairing, even where bonds are full', () => {
  const bonds = new Bonds(memoryStore(), 1);
  bonds.add({ ...PEER, authenticated: true }, KEY.rspLtk);
  const { gate, smp, did } = scene({ bonds, hasLtk: false });
  gate.start();
  assert.equal(did, ['pair true true']);
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, rspLtk: Buffer.alloc(16, 9) });
  assert.ok(gate.security!.bonded);
  assert.equal(bonds.keyOf(PEER), new Uint8Array(16).fill(9));
});

test('a bond without its key is gone before a pairing begins: a key that is refused is no key of it', () => {
  const bonds = bonded(true);
  const { gate, smp } = scene({ bonds, hasLtk: false });
  gate.start();
  smp.emit('pairingComplete', { sc: true, mitm: false, bond: true, ...KEY });
  assert.is(bonds.find(PEER), undefined);
  const stuck = new Bonds({ ...memoryStore(), remove: fail }, 4);
  stuck.add({ ...PEER, authenticated: true }, KEY.rspLtk);
  const { gate: refusing, did } = scene({ bonds: stuck, hasLtk: false });
  refusing.start();
  assert.equal(did, ['failed 5', 'disconnect 5', 'refused pairing: its former bond cannot be removed']);
});

test('with no room for another bond no stranger is paired with, and who is bonded comes in', () => {
  const bonds = new Bonds(memoryStore(), 2);
  bonds.add({ ...PEER, address: 'C0:00:00:00:00:01', authenticated: true }, KEY.rspLtk);
  bonds.add({ ...PEER, address: 'C0:00:00:00:00:02', authenticated: true }, KEY.rspLtk);
  const stranger = scene({ bonds });
  stranger.request();
  assert.equal(stranger.did, ['failed 5', 'disconnect 5', 'refused pairing: no room for another bond']);
  const full = new Bonds(memoryStore(), 1);
  full.add({ ...PEER, authenticated: true }, KEY.rspLtk);
  const friend = scene({ bonds: full, hasLtk: true });
  friend.smp.emit('encrypt', 0, {});
  assert.ok(friend.gate.security!.encrypted);
});

test('a central with a bond encrypts; without, it pairs by Secure Connections', () => {
  const known = scene({ bonds: bonded(true), hasLtk: true });
  known.gate.start();
  assert.equal(known.did, ['encrypt']);
  const stranger = scene({});
  stranger.gate.start();
  assert.equal(stranger.did, ['pair true true']);
});

test('a bond whose pairing was not seen to its end is one once it serves, and none where the peer has no key', () => {
  const tentative = () => {
    const bonds = new Bonds(memoryStore(), 4);
    bonds.expect(PEER);
    bonds.addTentatively({ ...PEER, authenticated: true }, KEY.rspLtk);
    return bonds;
  };
  const served = scene({ bonds: tentative(), hasLtk: true });
  served.gate.start();
  served.smp.emit('encrypt', 0, {});
  assert.ok(served.gate.security!.bonded);
  assert.not.ok(served.bonds.isTentative(PEER));
  const missing = scene({ bonds: tentative(), hasLtk: true });
  missing.gate.start();
  missing.smp.emit('encrypt', 6);
  assert.is(missing.bonds.find(PEER), undefined);
  const lost = scene({ bonds: tentative(), hasLtk: true });
  lost.gate.start();
  lost.smp.emit('encrypt', 8);
  assert.ok(lost.bonds.isTentative(PEER));
});

test('where bonds count once their peer is proved, one is tentative until then, and none where the peer has no key', () => {
  const paired = () => {
    const { gate, smp, bonds } = scene({ bondsCount: 'proved' });
    gate.start();
    bonds.addTentatively({ ...PEER, authenticated: true }, KEY.rspLtk);
    smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
    assert.ok(gate.security!.bonded && bonds.isTentative(PEER));
    return { gate, bonds };
  };
  const proved = paired();
  proved.gate.prove();
  assert.not.ok(proved.bonds.isTentative(PEER));
  const { bonds } = paired();
  const later = scene({ bonds, hasLtk: true, bondsCount: 'proved' });
  later.gate.start();
  later.smp.emit('encrypt', 0, {});
  assert.ok(later.gate.security!.bonded && bonds.isTentative(PEER));
  const missing = scene({ bonds, hasLtk: true, bondsCount: 'proved' });
  missing.gate.start();
  missing.smp.emit('encrypt', 6);
  assert.is(bonds.find(PEER), undefined);
  const again = scene({ bonds: proved.bonds, hasLtk: true, bondsCount: 'proved' });
  again.gate.start();
  again.smp.emit('encrypt', 6);
  assert.ok(proved.bonds.find(PEER));
});

test('a pairing that fails, is too weak or is not bonded leaves no tentative bond, and expects none', () => {
  const ends: readonly ((smp: EventEmitter) => void)[] = [
    (smp) => smp.emit('pairingFail', 8, false),
    (smp) => smp.emit('pairingComplete', { sc: true, mitm: false, bond: true, ...KEY }),
    (smp) => smp.emit('pairingComplete', { sc: true, mitm: true, bond: false, ...KEY }),
  ];
  for (const end of ends) {
    const { smp, bonds, request } = scene({});
    const add = () => bonds.addTentatively({ ...PEER, authenticated: true }, KEY.rspLtk);
    request();
    assert.ok(add());
    end(smp);
    assert.equal([bonds.find(PEER), add()], [undefined, false]);
  }
});

test('a store that fails leaves the connection without security and the bond without a row', () => {
  const bonds = new Bonds({ ...memoryStore(), write: fail }, 4);
  const { gate, smp, request } = scene({ bonds });
  request();
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  assert.is(gate.security, undefined);
  assert.is(bonds.find(PEER), undefined);
});

test.run();
