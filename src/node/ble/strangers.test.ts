// SPDX-License-Identifier: Apache-2.0

/** Strangers, impostors, lost bonds and too many of them, over the virtual radio. */
import { rm } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { End } from '../../../tools/interop/end.ts';
import {
  ATTACKER,
  BOARD,
  type DeviceOptions,
  GATEWAY,
  GATEWAY_SIDE,
  Io,
  introduce,
  OPEN_BOARD,
  OPEN_GATEWAY,
  PNE,
  withDevices,
} from './devices.testing.ts';

const test = suite('node/ble/strangers');

const DENIED = 'INSUFFICIENT_AUTHENTICATION';

test('a stranger gets nothing of a PNE before it has paired', () =>
  withDevices(async (devices) => {
    for (const options of [BOARD, OPEN_BOARD]) {
      const board = await devices.board(options);
      const attacker = await devices.attacker({ io: Io.none, mitm: 'no', willing: 'no' });
      await attacker.ask({ do: 'connect', peer: PNE });
      const { write, subscribe, read } = await attacker.ask({ do: 'probe' });
      assert.equal([write, subscribe, read], [DENIED, DENIED, 'READ_NOT_PERMITTED']);
      board.notify(Uint8Array.of(0xc0, 0, 1));
      await attacker.close();
      // Values would have come before this.
      await board.take('disconnected');
      assert.is(board.count('value') + board.count('subscription'), 0);
      await board.close();
    }
  }));

test("an impostor with a bonded gateway's address and no key neither gets in nor replaces the bond", () =>
  withDevices(async (devices) => {
    const board = await devices.board(BOARD);
    const gateway = await devices.gateway(GATEWAY_SIDE);
    await introduce(gateway, board);
    await gateway.close();
    await board.take('disconnected');
    const impostor = await devices.attacker({
      address: GATEWAY,
      io: Io.keyboard,
      mitm: 'yes',
      willing: 'no',
    });
    await impostor.ask({ do: 'connect', peer: PNE });
    assert.is((await impostor.ask({ do: 'probe' })).write, DENIED);
    await impostor.ask({ do: 'pair' });
    assert.equal(await board.take('refused'), ['refused: pairing: has a bond already']);
    await expectPutOut(impostor);
    await impostor.close();
    await board.take('disconnected');
    const back = await devices.gateway(GATEWAY_SIDE);
    const { authenticated } = await back.ask({ do: 'take', kind: 'link' });
    assert.is(authenticated, 'true');
  }));

test("an impostor with a bonded PNE's address and no key neither gets in nor replaces the bond", () =>
  withDevices(async (devices) => {
    let board = await devices.board(BOARD);
    let gateway = await devices.gateway(GATEWAY_SIDE);
    await introduce(gateway, board);
    // A record: the PNE has proved who it is.
    await gateway.ask({ do: 'send', bytes: '0200' });
    await gateway.close();
    await board.close();
    const impostor = await devices.attacker({ address: PNE, io: Io.display, mitm: 'yes' });
    await impostor.ask({ do: 'advertise' });
    gateway = await devices.gateway(GATEWAY_SIDE);
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'encryption: PIN_OR_KEY_MISSING');
    await impostor.close();
    await gateway.close();
    board = await devices.board(BOARD);
    gateway = await devices.gateway(GATEWAY_SIDE);
    await gateway.ask({ do: 'take', kind: 'link' });
  }));

test('a PNE that asks for security again and again has its key refreshed, and ends no gateway', () =>
  withDevices(async (devices) => {
    const attacker = await devices.attacker({ io: Io.none, mitm: 'no' });
    await attacker.ask({ do: 'advertise' });
    const gateway = await devices.gateway(OPEN_GATEWAY);
    await attacker.ask({ do: 'take', kind: 'encrypted' });
    for (let round = 0; round < 5; round += 1) {
      await attacker.ask({ do: 'askForSecurity' });
      await attacker.ask({ do: 'take', kind: 'encrypted' });
    }
    await gateway.ask({ do: 'take', kind: 'link' });
    assert.is((await gateway.ask({ do: 'attestation' })).encrypted, 'true');
  }));

test('a gateway whose bonds are full refuses another PNE, keeps those it has, and forgets by its owner only', () =>
  withDevices(async (devices) => {
    const full: DeviceOptions = { ...OPEN_GATEWAY, maxBonds: '1' };
    let attacker = await devices.attacker({ io: Io.none, mitm: 'no' });
    await attacker.ask({ do: 'advertise' });
    let gateway = await devices.gateway(full);
    await gateway.ask({ do: 'take', kind: 'link' });
    await attacker.close();
    await gateway.close();
    const board = await devices.board(OPEN_BOARD);
    gateway = await devices.gateway(full);
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: no room for another bond');
    await board.close();
    attacker = await devices.attacker({ io: Io.none, mitm: 'no' });
    await attacker.ask({ do: 'advertise' });
    await gateway.ask({ do: 'take', kind: 'link' });
    await attacker.close();
    await gateway.ask({ do: 'forget', peer: ATTACKER });
    await devices.board(OPEN_BOARD);
    assert.is((await gateway.ask({ do: 'take', kind: 'link' })).peer, '01c00000000002');
  }));

test('a fourth bond of a PNE puts out the oldest, and no other', () =>
  withDevices(async (devices) => {
    const board = await devices.board(OPEN_BOARD);
    const addresses = ['A1', 'A2', 'A3', 'A4'].map((last) => `C0:00:00:00:00:${last}`);
    const meet = async (address: string, how: string) => {
      const attacker = await devices.attacker({ address, io: Io.none, mitm: 'no', willing: 'no' });
      await attacker.ask({ do: 'connect', peer: PNE });
      await attacker.ask({ do: how });
      return attacker;
    };
    for (const address of addresses) {
      const attacker = await meet(address, 'pair');
      await board.take('secured');
      await attacker.close();
      await board.take('disconnected');
    }
    for (const address of addresses.slice(1)) {
      const attacker = await meet(address, 'encrypt');
      await board.take('secured');
      await attacker.close();
      await board.take('disconnected');
    }
    await meet(addresses[0]!, 'encrypt');
    assert.equal(await board.take('refused'), ['refused: encryption: PIN_OR_KEY_MISSING']);
  }));

test('a gateway that has lost its bond is refused by the PNE, whose bond stays, until its owner erases it', () =>
  withDevices(async (devices) => {
    let board = await devices.board(BOARD);
    const gateway = await devices.gateway(GATEWAY_SIDE);
    await introduce(gateway, board);
    await gateway.close();
    await board.take('disconnected');
    const forgetful = await devices.gateway({ ...GATEWAY_SIDE, folder: 'forgetful' });
    await forgetful.ask({ do: 'take', kind: 'problem' });
    assert.equal(await board.take('refused'), ['refused: pairing: has a bond already']);
    await board.close();
    await rm(board.folder, { recursive: true });
    board = await devices.board(BOARD);
    await introduce(forgetful, board);
  }));

test.run();

async function expectPutOut(attacker: End): Promise<void> {
  const { reason } = await attacker.ask({ do: 'take', kind: 'disconnected' });
  assert.is(reason, 'AUTHENTICATION_FAILURE');
}
