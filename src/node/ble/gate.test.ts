// SPDX-License-Identifier: Apache-2.0

/** The gate over a stack that says whatever the test has it say. */
import { EventEmitter } from 'node:events';
import type { Connection, PairingFeatures } from 'ble-host';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bonds } from './bonds.ts';
import { Gate } from './gate.ts';
import { memoryStore } from './memory-store.testing.ts';

const test = suite('node/ble/gate');

/** As a pairing gives it. */
const KEY = { rspLtk: Buffer.alloc(16, 7) };
const PEER = { addressType: 'random', address: 'C0:00:00:00:00:09' } as const;
const COMPARISON = 4;
const TYPED_HERE = 1;

interface Scene {
  readonly authenticated?: boolean;
  readonly bonds?: Bonds;
  readonly hasLtk?: boolean;
}

function scene({ authenticated = true, bonds = new Bonds(memoryStore(), 4), hasLtk = false }: Scene) {
  const did: string[] = [];
  const answers: { type?: (passkey: number) => void; compare?: (isSame: boolean) => void } = {};
  const smp = Object.assign(new EventEmitter(), {
    hasLtk,
    startEncryption: () => did.push('encrypt'),
    sendPairingRequest: (features: PairingFeatures) => did.push(`pair ${features.mitm} ${features.sc}`),
    sendPairingFailed: (reason: number) => did.push(`failed ${reason}`),
  });
  const connection = Object.assign(new EventEmitter(), {
    peerAddressType: PEER.addressType,
    peerAddress: PEER.address,
    smp,
    disconnect: (reason: number) => did.push(`disconnect ${reason}`),
  });
  const gate = new Gate({
    connection: connection as unknown as Connection,
    bonds,
    demand: { authenticated },
    ioCapabilities: 4,
    onSecured: ({ authenticated: mitm, bonded }) => did.push(`secured ${mitm} ${bonded}`),
    onRefused: (reason) => did.push(`refused ${reason}`),
    user: {
      showPasskey: (passkey) => did.push(`show ${passkey}`),
      typePasskey: (answer) => {
        answers.type = answer;
      },
      compare: (_, answer) => {
        answers.compare = answer;
      },
    },
  });
  const request = () => smp.emit('pairingRequest', {}, () => did.push('accepted'));
  return { gate, smp, did, answers, bonds, request };
}

const bonded = (authenticated: boolean) => {
  const bonds = new Bonds(memoryStore(), 4);
  bonds.add({ ...PEER, authenticated }, KEY.rspLtk);
  return bonds;
};

test('a pairing secures the connection when it is complete, and not before', () => {
  const { gate, smp, request, bonds } = scene({});
  request();
  smp.emit('encrypt', 0, { mitm: true, sc: true });
  assert.is(gate.security, undefined);
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  assert.equal(gate.security, { encrypted: true, authenticated: true, bonded: true, keySize: 16 });
  assert.is(bonds.find(PEER)!.authenticated, true);
});

test('what the stack says of the level of encryption is worth nothing', () => {
  const { gate, smp, request, did } = scene({});
  request();
  smp.emit('encrypt', 0, { mitm: true, sc: true, keySize: 16 });
  smp.emit('pairingComplete', { sc: true, mitm: false, bond: true, ...KEY });
  assert.is(gate.security, undefined);
  assert.equal(did.slice(1), ['disconnect 5', 'refused pairing: weaker than demanded']);
});

test('a pairing that is too weak leaves no bond', () => {
  for (const result of [
    { sc: false, mitm: true, bond: true },
    { sc: true, mitm: false, bond: true },
  ]) {
    const { smp, request, bonds } = scene({});
    request();
    smp.emit('pairingComplete', { ...result, ...KEY });
    assert.is(bonds.find(PEER), undefined);
  }
});

test('legacy pairing is refused even where anybody may pair', () => {
  const { gate, smp, request } = scene({ authenticated: false });
  request();
  smp.emit('pairingComplete', { sc: false, mitm: true, bond: true, ...KEY });
  assert.is(gate.security, undefined);
});

test('Just Works secures where the floor allows it, unauthenticated, and stays so with the bond', () => {
  const first = scene({ authenticated: false });
  first.request();
  first.smp.emit('pairingComplete', { sc: true, mitm: false, bond: true, ...KEY });
  assert.is(first.gate.security!.authenticated, false);
  const again = scene({ authenticated: false, bonds: first.bonds, hasLtk: true });
  again.smp.emit('encrypt', 0, { mitm: true, sc: true });
  assert.is(again.gate.security!.authenticated, false);
});

test('a pairing without bonding secures this connection and leaves no bond', () => {
  const { gate, smp, request, bonds } = scene({});
  request();
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: false, ...KEY });
  assert.is(gate.security!.bonded, false);
  assert.is(bonds.find(PEER), undefined);
});

test('a key of the stack without a bond of ours secures nothing', () => {
  const { gate, smp, did } = scene({ hasLtk: true });
  smp.emit('encrypt', 0, { mitm: true, sc: true });
  assert.is(gate.security, undefined);
  assert.ok(did.includes('refused encryption: a key without a bond'));
});

test('a bond that is weaker than the floor secures nothing', () => {
  const { gate, smp } = scene({ bonds: bonded(false), hasLtk: true });
  smp.emit('encrypt', 0, { mitm: true, sc: true });
  assert.is(gate.security, undefined);
});

test('encryption that fails secures nothing', () => {
  const { gate, smp, did } = scene({ bonds: bonded(true), hasLtk: true });
  smp.emit('encrypt', 6);
  assert.is(gate.security, undefined);
  assert.equal(did, ['disconnect 5', 'refused encryption: PIN_OR_KEY_MISSING']);
});

test('encryption that fails later ends what was secured', () => {
  const { gate, smp } = scene({ bonds: bonded(true), hasLtk: true });
  smp.emit('encrypt', 0, {});
  assert.ok(gate.security!.encrypted);
  smp.emit('encrypt', 6);
  assert.is(gate.security, undefined);
});

test('nothing secures a connection that was refused', () => {
  const { gate, smp, request, did } = scene({});
  smp.emit('pairingFail', 4, true);
  const before = did.length;
  request();
  smp.emit('encrypt', 0, {});
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  assert.is(gate.security, undefined);
  assert.not.ok(did.slice(before).some((what) => what.startsWith('secured') || what === 'accepted'));
});

test('nothing that comes after a refusal leaves a bond', () => {
  const { smp, request, bonds } = scene({});
  request();
  smp.emit('pairingFail', 4, true);
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  assert.is(bonds.find(PEER), undefined);
});

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

test('a passkey that is none fails the pairing', () => {
  for (const typed of [-1, 1_000_000, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const { smp, did, answers } = scene({});
    const given: unknown[] = [];
    smp.emit('passkeyExchange', TYPED_HERE, null, (passkey: number) => given.push(passkey));
    answers.type!(typed);
    assert.equal(given, []);
    assert.equal(did, ['failed 1']);
  }
});

test('numbers that differ fail the pairing, and only the same go on', () => {
  const { smp, did, answers } = scene({});
  let goesOn = 0;
  const compare = () => smp.emit('passkeyExchange', COMPARISON, '000042', () => (goesOn += 1));
  compare();
  answers.compare!(false);
  assert.equal([goesOn, did], [0, ['failed 12']]);
  compare();
  answers.compare!(true);
  assert.is(goesOn, 1);
});

test('a pairing that runs out of time is refused', () => {
  const { smp, did } = scene({});
  smp.emit('timeout');
  assert.equal(did, ['disconnect 5', 'refused pairing: timed out']);
});

test('a store that fails leaves the connection without security and the bond without a row', () => {
  const bonds = new Bonds({ ...memoryStore(), write: fail }, 4);
  const { gate, smp, request } = scene({ bonds });
  request();
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  assert.is(gate.security, undefined);
  assert.is(bonds.find(PEER), undefined);
});

function fail(): never {
  throw new Error('no space left on the device');
}

test.run();
