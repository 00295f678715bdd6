// SPDX-License-Identifier: Apache-2.0

/** Pairings that are not what they claim, over the virtual radio, against a PNE's stack and a gateway's central. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { End } from '../../../tools/interop/end.ts';
import {
  ATTACKER,
  BOARD,
  type Devices,
  GATEWAY_SIDE,
  Io,
  OPEN_BOARD,
  OPEN_GATEWAY,
  type PlayedBoard,
  PNE,
  securedAs,
  withDevices,
} from './devices.testing.ts';

const test = suite('node/ble/frauds');

/** What attackers do to a pairing, and what their victim says of it. */
const FRAUDS = [
  { name: 'legacy pairing', how: { mischief: 'legacy' }, reason: 'AUTHENTICATION_REQUIREMENTS' },
  { name: 'a key of 15 bytes', how: { keySize: '15' }, reason: 'ENCRYPTION_KEY_SIZE' },
  { name: 'a key of 7 bytes', how: { keySize: '7' }, reason: 'ENCRYPTION_KEY_SIZE' },
  { name: 'a public key off the curve', how: { mischief: 'offCurve' }, reason: 'INVALID_PARAMETERS' },
] as const;

for (const { name, how, reason } of FRAUDS) {
  test(`a PNE refuses ${name}, whatever its floor`, () =>
    withDevices(async (devices) => {
      for (const options of [BOARD, OPEN_BOARD]) {
        const board = await devices.board(options);
        const attacker = await devices.attacker({ io: Io.keyboard, mitm: 'yes', ...how });
        await attacker.ask({ do: 'connect', peer: PNE });
        await attacker.ask({ do: 'pair' });
        assert.equal(await board.take('refused'), [`refused: pairing: ${reason}`]);
        await expectPutOut(attacker);
        await attacker.close();
        await board.close();
      }
    }));

  test(`a gateway refuses ${name}, whatever its floor`, () =>
    withDevices(async (devices) => {
      for (const options of [GATEWAY_SIDE, OPEN_GATEWAY]) {
        const attacker = await devices.attacker({ io: Io.display, mitm: 'yes', ...how });
        await attacker.ask({ do: 'advertise' });
        const gateway = await devices.gateway(options);
        const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
        assert.is(problem, `pairing: ${reason}`);
        await expectPutOut(attacker);
        await gateway.close();
        await attacker.close();
      }
    }));
}

test('the control: devices without the gate pair with a key of 7 bytes', () =>
  withDevices(async (devices) => {
    const [victim, attacker] = await ungated(devices, { keySize: '7' });
    await attacker.ask({ do: 'pair' });
    await victim.ask({ do: 'take', kind: 'paired' });
    assert.is((await victim.ask({ do: 'level' })).keySize, '7');
  }));

test('a PNE refuses its own public key, which it has shown in a pairing before', () =>
  withDevices(async (devices) => {
    const board = await devices.board(OPEN_BOARD);
    const attacker = await devices.attacker({ io: Io.none, mitm: 'no', mischief: 'reflect' });
    await attacker.ask({ do: 'connect', peer: PNE });
    await attacker.ask({ do: 'pair' });
    // The attacker has had no key to reflect: this pairing is one as any other.
    await board.take('secured');
    const other = await another(attacker, devices, board);
    await other.ask({ do: 'pair' });
    assert.equal(await board.take('refused'), ['refused: pairing: INVALID_PARAMETERS']);
    await expectPutOut(other);
  }));

test('a gateway refuses its own public key when it comes back', () =>
  withDevices(async (devices) => {
    for (const options of [GATEWAY_SIDE, OPEN_GATEWAY]) {
      const attacker = await devices.attacker({ io: Io.display, mitm: 'yes', mischief: 'reflect' });
      await attacker.ask({ do: 'advertise' });
      const gateway = await devices.gateway(options);
      const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
      assert.is(problem, 'pairing: INVALID_PARAMETERS');
      await gateway.close();
      await attacker.close();
    }
  }));

test('the control: ble-host says that Just Works protects where no input and output was claimed', () =>
  withDevices(async (devices) => {
    const [victim, attacker] = await ungated(devices, { io: Io.none });
    await attacker.ask({ do: 'pair' });
    assert.is((await victim.ask({ do: 'take', kind: 'paired' })).mitm, 'false');
    assert.is((await victim.ask({ do: 'level' })).mitm, 'true');
  }));

test('a claim of no input and output gets nothing from a PNE that asks for authentication', () =>
  withDevices(async (devices) => {
    for (const mitm of ['yes', 'no']) {
      const board = await devices.board(BOARD);
      const attacker = await devices.attacker({ io: Io.none, mitm });
      await attacker.ask({ do: 'connect', peer: PNE });
      await attacker.ask({ do: 'pair' });
      assert.equal(await board.take('refused'), ['refused: pairing: AUTHENTICATION_REQUIREMENTS']);
      await expectPutOut(attacker);
      await attacker.close();
      await board.close();
    }
  }));

test('a claim of no input and output gets nothing from a gateway that asks for authentication', () =>
  withDevices(async (devices) => {
    const attacker = await devices.attacker({ io: Io.none, mitm: 'yes' });
    await attacker.ask({ do: 'advertise' });
    const gateway = await devices.gateway(GATEWAY_SIDE);
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: AUTHENTICATION_REQUIREMENTS');
    await expectPutOut(attacker);
  }));

test('a claim of no input and output does not raise what a PNE reports, then or with the bond', () =>
  withDevices(async (devices) => {
    const board = await devices.board(OPEN_BOARD);
    for (const isFirst of [true, false]) {
      const attacker = await devices.attacker({ io: Io.none, mitm: 'yes' });
      await attacker.ask({ do: 'connect', peer: PNE });
      await attacker.ask({ do: isFirst ? 'pair' : 'encrypt' });
      assert.equal(await board.take('secured'), securedAs('encrypted', 'bonded'));
      await attacker.close();
      await board.take('disconnected');
    }
  }));

test('a claim of no input and output does not raise what a gateway attests', () =>
  withDevices(async (devices) => {
    const attacker = await devices.attacker({ io: Io.none, mitm: 'yes' });
    await attacker.ask({ do: 'advertise' });
    for (let round = 0; round < 2; round += 1) {
      const gateway = await devices.gateway(OPEN_GATEWAY);
      const { authenticated, encrypted } = await gateway.ask({ do: 'take', kind: 'link' });
      assert.equal({ authenticated, encrypted }, { authenticated: 'false', encrypted: 'true' });
      await gateway.close();
      await attacker.ask({ do: 'take', kind: 'disconnected' });
    }
  }));

test.run();

async function expectPutOut(attacker: End): Promise<void> {
  const { reason } = await attacker.ask({ do: 'take', kind: 'disconnected' });
  assert.is(reason, 'AUTHENTICATION_FAILURE');
}

/** The same attacker, which remembers the key that it saw, from another address. */
async function another(attacker: End, devices: Devices, board: PlayedBoard): Promise<End> {
  const { key } = await attacker.ask({ do: 'seenKey' });
  await attacker.close();
  await board.take('disconnected');
  const address = 'C0:00:00:00:00:04';
  const other = await devices.attacker({
    address,
    io: Io.none,
    mitm: 'no',
    mischief: 'reflect',
    key: key!,
  });
  await other.ask({ do: 'connect', peer: PNE });
  return other;
}

/** Two devices of attackers: ble-host as it is. */
async function ungated(devices: Devices, how: Readonly<Record<string, string>>): Promise<[End, End]> {
  const victim = await devices.attacker({ address: PNE, folder: 'victim', io: Io.displayYesNo, mitm: 'yes' });
  await victim.ask({ do: 'advertise' });
  const attacker = await devices.attacker({ address: ATTACKER, io: Io.none, mitm: 'yes', ...how });
  await attacker.ask({ do: 'connect', peer: PNE });
  return [victim, attacker];
}
