// SPDX-License-Identifier: Apache-2.0

/** Half a bond, over the virtual radio: the row without ble-host's key, and the key without the row. */
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { End } from '../../../tools/interop/end.ts';
import type { Tap } from '../../../tools/simulator/controller/air/flight.ts';
import { drop } from '../../../tools/simulator/controller/air/tap.ts';
import { ControlOpcode } from '../../../tools/simulator/controller/link/control-pdu.ts';
import {
  BOARD,
  type Devices,
  GATEWAY_SIDE,
  introduce,
  type PlayedBoard,
  withDevices,
} from './devices.testing.ts';

const test = suite('node/ble/bond-loss');

const KEYS = 'NodeBleLib-storage-dir/01-C0-00-00-00-00-01/bonds/01-C0-00-00-00-00-02/keys.json';
const ROW = 'bonds/random-C00000000002.json';
const BOARD_KEYS = 'NodeBleLib-storage-dir/01-C0-00-00-00-00-02/bonds/01-C0-00-00-00-00-01/keys.json';

/** In the first octet of a data PDU. */
const LLID_BITS = 3;
const LLID_CONTROL = 3;

const DAMAGES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  emptied: (path) => writeFile(path, ''),
  torn: (path) => writeFile(path, '{"mitm":true,"sc":true,"irk":null,"loc'),
  lost: (path) => rm(path),
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`a gateway whose key file was ${name} has its bond still, and says what it mended`, () =>
    withDevices(async (devices) => {
      const { board, folder } = await met(devices);
      await damage(join(folder, KEYS));
      const gateway = await devices.gateway(GATEWAY_SIDE);
      const { problems } = await gateway.ask({ do: 'mended' });
      assert.is(problems, 'C0:00:00:00:00:02: ble-host had lost the key of its bond, and has it again');
      const { authenticated } = await gateway.ask({ do: 'take', kind: 'link' });
      assert.is(authenticated, 'true');
      await board.take('secured');
    }));

  test(`a gateway whose bond was ${name} pairs anew once the PNE's owner has it forget too, key or no key`, () =>
    withDevices(async (devices) => {
      const { board, folder } = await met(devices);
      await damage(join(folder, ROW));
      await board.close();
      await rm(board.folder, { recursive: true });
      const gateway = await devices.gateway(GATEWAY_SIDE);
      assert.match((await gateway.ask({ do: 'mended' })).problems!, /it pairs anew$/);
      await introduce(gateway, await devices.board(BOARD));
    }));
}

for (const [dies, isBonded] of [
  ['encrypting', false],
  ['encrypted', true],
] as const) {
  test(`a gateway that dies in a pairing, ${dies}, ${isBonded ? 'is bonded' : 'pairs anew'}`, () =>
    withDevices(async (devices) => {
      const board = await devices.board(BOARD);
      const dying = await devices.gateway({ ...GATEWAY_SIDE, dies });
      await dying.ask({ do: 'take', kind: 'type' });
      const [, passkey] = await board.take('passkey');
      await dying.ask({ do: 'type', passkey: String(passkey) });
      await board.take('disconnected');
      await dying.close();
      const gateway = await devices.gateway(GATEWAY_SIDE);
      if (!isBonded) return introduce(gateway, board);
      await gateway.ask({ do: 'take', kind: 'link' });
    }));
}

test('a connection that is lost when the PNE has its bond and the gateway does not know leaves both bonded', () =>
  withDevices(async (devices) => {
    const lift = devices.air.tap(silenceFromEncryption());
    const board = await devices.board(BOARD);
    const gateway = await devices.gateway(GATEWAY_SIDE);
    await gateway.ask({ do: 'take', kind: 'type' });
    const [, passkey] = await board.take('passkey');
    await gateway.ask({ do: 'type', passkey: String(passkey) });
    await board.take('secured');
    await board.take('disconnected');
    lift();
    await gateway.ask({ do: 'take', kind: 'link' });
    await board.take('secured');
  }));

test('what ble-host wrote of a pairing is what its bond says: a restart has nothing to mend', () =>
  withDevices(async (devices) => {
    const { board } = await met(devices);
    const gateway = await devices.gateway(GATEWAY_SIDE);
    await gateway.ask({ do: 'take', kind: 'link' });
    await board.take('secured');
    assert.is((await gateway.ask({ do: 'mended' })).problems, '');
  }));

test('a stack of a PNE whose key file was emptied has its bond still', () =>
  withDevices(async (devices) => {
    const { board } = await met(devices);
    await board.close();
    await writeFile(join(board.folder, BOARD_KEYS), '');
    const again = await devices.board(BOARD);
    const gateway = await devices.gateway(GATEWAY_SIDE);
    await gateway.ask({ do: 'take', kind: 'link' });
    await again.take('secured');
  }));

test.run();

/** Loses what a PNE sends after it has asked its central to encrypt. */
function silenceFromEncryption(): Tap {
  let hasAsked = false;
  return drop(({ direction, pdu }) => {
    if (direction !== 'toCentral') return false;
    if (hasAsked) return true;
    hasAsked = (pdu[0]! & LLID_BITS) === LLID_CONTROL && pdu[2] === ControlOpcode.startEncReq;
    return false;
  });
}

/** A board that a gateway, which has ended, was paired with, and that gateway's folder. */
async function met(devices: Devices): Promise<{ board: PlayedBoard; folder: string }> {
  const board = await devices.board(BOARD);
  const gateway: End = await devices.gateway(GATEWAY_SIDE);
  await introduce(gateway, board);
  await gateway.close();
  await board.take('disconnected');
  return { board, folder: join(dirname(board.folder), 'gateway') };
}
