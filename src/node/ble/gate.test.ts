// SPDX-License-Identifier: Apache-2.0

/** The gate over a stack that says whatever the test has it say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../bytes/hex.ts';
import { bonded, KEY, PEER, scene } from './gate.testing.ts';

const test = suite('node/ble/gate');

const COMPARISON = 4;
const TYPED_HERE = 1;

test('a pairing secures the connection when it is complete, and not before', () => {
  const { gate, smp, request, bonds } = scene({});
  request();
  smp.emit('encrypt', 0, { mitm: true, sc: true });
  assert.is(gate.security, undefined);
  smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  const { channelBinding, ...security } = gate.security!;
  assert.equal(security, {
    encrypted: true,
    authenticated: true,
    bonded: true,
    keySize: 16,
    secureConnections: true,
  });
  // printf 'CPNS-1 over Bluetooth LE: channel binding' | openssl dgst -sha256 -mac HMAC -macopt hexkey:07...07
  assert.is(toHex(channelBinding), '1c9be25ce2303566d3e753dc11a53b89');
  assert.is(bonds.find(PEER)!.authenticated, true);
});

test('the channel of a bond has the name that it had when the two paired', () => {
  const first = scene({});
  first.request();
  first.smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, ...KEY });
  const again = scene({ bonds: first.bonds, hasLtk: true });
  again.smp.emit('encrypt', 0, {});
  assert.equal(again.gate.security!.channelBinding, first.gate.security!.channelBinding);
});

test('another key names another channel, by nothing of the key itself', () => {
  const names = [7, 8].map((byte) => {
    const { gate, smp, request } = scene({});
    request();
    smp.emit('pairingComplete', { sc: true, mitm: true, bond: true, rspLtk: Buffer.alloc(16, byte) });
    return toHex(gate.security!.channelBinding);
  });
  assert.is(new Set(names).size, 2);
  assert.not.ok(names.some((name) => /0[78]0[78]/.test(name)));
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

test.run();
