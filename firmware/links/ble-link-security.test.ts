// SPDX-License-Identifier: Apache-2.0

/** The PNE's end of CPNS-1 over LE: who becomes a link, and what becomes of bonds. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../src/limits.ts';
import { isBye } from '../../src/link/ble.ts';
import { BINDING } from '../platform/gatt-server.testing.ts';
import { Board } from './ble-link.testing.ts';

const test = suite('firmware/ble-link security');

const { bleFarewellMs, linkSecuringMs } = ImplementationLimits;

test('a bond that was made with somebody who has not proved to be the gateway is erased when that one is gone', () => {
  const board = new Board();
  const unproved = board.link();
  board.do((server) => server.disconnect(unproved));
  assert.ok(unproved.isForgotten);
  const proved = board.link();
  board.links[1]!.proved!();
  board.do((server) => server.disconnect(proved));
  assert.not.ok(proved.isForgotten);
});

test('a bond that was there before is not erased, whatever becomes of the connection', () => {
  const board = new Board();
  board.want();
  const connection = board.server.connect();
  connection.isBonded = true;
  board.timers.run();
  board.do((server) => server.secure(connection));
  board.do((server) => server.subscribe(connection));
  board.links[0]!.close();
  board.timers.run(bleFarewellMs);
  board.do((server) => server.disconnect(connection));
  assert.not.ok(connection.isForgotten);
});

test('a bond that is weaker than demanded is erased, and so is one of a central that the PNE gives up', () => {
  const board = new Board();
  board.want();
  const weak = board.connect();
  board.do((server) => server.secure(weak, { authenticated: false }));
  board.timers.run(bleFarewellMs);
  assert.ok(weak.isClosed && weak.isForgotten);
  const given = board.link();
  board.links[0]!.close();
  board.timers.run(bleFarewellMs);
  assert.ok(given.isTerminated && given.isForgotten);
});

test('a connection that was never secured has no bond to erase', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.disconnect(connection));
  assert.not.ok(connection.isForgotten);
});

for (const [name, change] of [
  ['Just Works', { authenticated: false }],
  ['a key of 7 bytes', { keySize: 7 }],
  ['a key of 15 bytes', { keySize: 15 }],
  ['no encryption', { encrypted: false }],
] as const) {
  test(`minimum key size cannot be set, nor what is paired be chosen: ${name} ends the connection`, () => {
    const board = new Board();
    board.want();
    const connection = board.connect();
    board.do((server) => server.secure(connection, change));
    assert.ok(connection.isClosed);
    assert.is(board.links.length, 0);
  });
}

test('Just Works is taken where the demand allows it, a short key never', () => {
  const board = new Board(false);
  board.want();
  const first = board.connect();
  board.do((server) => server.secure(first, { authenticated: false, keySize: 7 }));
  assert.ok(first.isClosed);
  const second = board.connect();
  board.do((server) => server.secure(second, { authenticated: false }));
  board.do((server) => server.subscribe(second));
  assert.is(board.links.length, 1);
  assert.not.ok(board.links[0]!.attestation().authenticated);
});

test('a link that becomes weaker ends', () => {
  const board = new Board();
  const connection = board.link();
  board.do((server) => server.secure(connection, { authenticated: false }));
  assert.is(board.closed, 1);
  assert.ok(isBye(connection.notified.pop()!));
});

test('the link says of its security what the stack reported, and nothing once it is over', () => {
  const board = new Board();
  const connection = board.link();
  assert.equal(board.links[0]!.attestation(), {
    kind: 'ble',
    encrypted: true,
    authenticated: true,
    bonded: true,
    keySize: 16,
    secureConnections: true,
    channelBinding: BINDING,
  });
  board.do((server) => server.disconnect(connection));
  assert.not.ok(board.links[0]!.attestation().encrypted);
});

test('the channel that a link attests is that of its present key', () => {
  const board = new Board();
  const connection = board.link();
  connection.channelBinding = new Uint8Array(16).fill(8);
  board.do((server) => server.secure(connection));
  assert.equal(board.links[0]!.attestation().channelBinding, new Uint8Array(16).fill(8));
});

test('a key of no bond by LE Secure Connections names no channel', () => {
  const board = new Board();
  board.want();
  const connection = board.connect();
  connection.channelBinding = undefined;
  board.do((server) => server.secure(connection));
  board.do((server) => server.subscribe(connection));
  const attestation = board.links[0]!.attestation();
  assert.not.ok(attestation.secureConnections);
  assert.is(attestation.channelBinding, undefined);
});

test('a central that is not secured in time is sent away', () => {
  const board = new Board();
  board.want();
  const connection = board.connect();
  board.timers.run(linkSecuringMs - 1);
  assert.not.ok(connection.isClosed);
  board.timers.run(linkSecuringMs);
  assert.ok(connection.isClosed);
});

test('the passkey goes to whoever stands in front of the board', () => {
  const board = new Board();
  const connection = board.connect();
  board.do((server) => server.passkey(connection, 'display', 42));
  assert.equal(board.passkeys, [42]);
});

test.run();
