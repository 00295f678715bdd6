// SPDX-License-Identifier: Apache-2.0

/** Gateway and PNE over the virtual radio: each method, bonds, restarts of either, a bond that one has lost. */
import { rm } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { End } from '../../../tools/interop/end.ts';
import { toHex } from '../../bytes/hex.ts';
import {
  type DeviceOptions,
  Io,
  type PlayedBoard,
  PNE,
  securedAs,
  withDevices,
  written,
} from './devices.testing.ts';

const test = suite('node/ble/pairing');

interface Method {
  readonly name: string;
  readonly gateway: DeviceOptions;
  readonly board: DeviceOptions;
  attend(gateway: End, board: PlayedBoard): Promise<void>;
}

const JUST_WORKS: Method = {
  name: 'Just Works',
  gateway: { io: Io.none, authenticated: 'no' },
  board: { io: Io.none, authenticated: 'no' },
  attend: async () => undefined,
};
const PASSKEY: Method = {
  name: 'Passkey',
  gateway: { io: Io.keyboardDisplay, authenticated: 'yes' },
  board: { io: Io.display, authenticated: 'yes' },
  async attend(gateway, board) {
    await gateway.ask({ do: 'take', kind: 'type' });
    await gateway.ask({ do: 'type', passkey: String(await shown(board)) });
  },
};
const COMPARISON: Method = {
  name: 'Numeric Comparison',
  gateway: { io: Io.keyboardDisplay, authenticated: 'yes' },
  board: { io: Io.displayYesNo, authenticated: 'yes' },
  async attend(gateway, board) {
    const { number } = await gateway.ask({ do: 'take', kind: 'compare' });
    assert.is(Number(number), await shown(board));
    await gateway.ask({ do: 'compare', isSame: 'yes' });
    board.reply(1);
  },
};

for (const method of [JUST_WORKS, PASSKEY, COMPARISON]) {
  const isAuthenticated = method !== JUST_WORKS;
  const flags = securedAs('encrypted', 'bonded', ...(isAuthenticated ? (['authenticated'] as const) : []));

  test(`${method.name}: pairs, talks, and encrypts again after a restart of both`, () =>
    withDevices(async (devices) => {
      const channels = new Set<string>();
      for (const isFirst of [true, false]) {
        const board = await devices.board(method.board);
        const gateway = await devices.gateway(method.gateway);
        if (isFirst) await method.attend(gateway, board);
        const { channelBinding, ...attestation } = await gateway.ask({ do: 'take', kind: 'link' });
        assert.equal(attestation, {
          kind: 'ble',
          encrypted: 'true',
          authenticated: String(isAuthenticated),
          bonded: 'true',
          keySize: '16',
          secureConnections: 'true',
          peer: '01c00000000002',
        });
        assert.equal(await board.take('secured'), flags);
        assert.is(channelBinding, toHex(board.channelBinding!));
        channels.add(channelBinding!);
        await talk(gateway, board);
        await gateway.close();
        await board.close();
      }
      assert.is(channels.size, 1);
    }));
}

test('one that restarts is encrypted again with the other, whichever it is', () =>
  withDevices(async (devices) => {
    let board = await devices.board(PASSKEY.board);
    let gateway = await devices.gateway(PASSKEY.gateway);
    await PASSKEY.attend(gateway, board);
    await linked(gateway, board);
    await board.close();
    await gateway.ask({ do: 'take', kind: 'closed' });
    board = await devices.board(PASSKEY.board);
    await linked(gateway, board);
    await gateway.close();
    await board.take('disconnected');
    gateway = await devices.gateway(PASSKEY.gateway);
    await linked(gateway, board);
  }));

test('a passkey that is mistyped secures nothing, and the next one is new', () =>
  withDevices(async (devices) => {
    const board = await devices.board(PASSKEY.board);
    const gateway = await devices.gateway(PASSKEY.gateway);
    await gateway.ask({ do: 'take', kind: 'type' });
    const first = await shown(board);
    await gateway.ask({ do: 'type', passkey: String((first + 1) % 1_000_000) });
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.ok(refusals('CONFIRM_VALUE_FAILED').includes(problem!), problem);
    assert.equal(await board.take('refused'), ['refused: pairing: CONFIRM_VALUE_FAILED']);
    await gateway.ask({ do: 'take', kind: 'type' });
    const second = await shown(board);
    assert.is.not(second, first);
    await gateway.ask({ do: 'type', passkey: String(second) });
    await linked(gateway, board);
  }));

test('a PNE that is lost in the middle of a pairing has refused nothing: it is tried again each time', () =>
  withDevices(async (devices) => {
    const gateway = await devices.gateway(PASSKEY.gateway);
    for (let round = 0; round < 4; round += 1) {
      const board = await devices.board(PASSKEY.board);
      await gateway.ask({ do: 'take', kind: 'type' });
      await board.close();
    }
    const board = await devices.board(PASSKEY.board);
    await PASSKEY.attend(gateway, board);
    await linked(gateway, board);
  }));

test('a passkey that is none fails the pairing and not the gateway', () =>
  withDevices(async (devices) => {
    await devices.board(PASSKEY.board);
    const gateway = await devices.gateway(PASSKEY.gateway);
    await gateway.ask({ do: 'take', kind: 'type' });
    await gateway.ask({ do: 'type', passkey: '1000000' });
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: PASSKEY_ENTRY_FAILED');
  }));

test('digits that somebody at the gateway finds different secure nothing', () =>
  withDevices(async (devices) => {
    const board = await devices.board(COMPARISON.board);
    const gateway = await devices.gateway(COMPARISON.gateway);
    await gateway.ask({ do: 'take', kind: 'compare' });
    await gateway.ask({ do: 'compare', isSame: 'no' });
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: NUMERIC_COMPARISON_FAILED');
    await board.take('disconnected');
  }));

test('digits that somebody at the PNE finds different secure nothing', () =>
  withDevices(async (devices) => {
    const board = await devices.board(COMPARISON.board);
    const gateway = await devices.gateway(COMPARISON.gateway);
    await shown(board);
    board.reply(0);
    assert.equal(await board.take('refused'), ['refused: pairing: NUMERIC_COMPARISON_FAILED']);
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.ok(refusals('NUMERIC_COMPARISON_FAILED').includes(problem!), problem);
  }));

test('a floor of no Just Works refuses a PNE that can do nothing else', () =>
  withDevices(async (devices) => {
    await devices.board({ io: Io.none, authenticated: 'no' });
    const gateway = await devices.gateway({ io: Io.keyboardDisplay, authenticated: 'yes' });
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: AUTHENTICATION_REQUIREMENTS');
  }));

test('a bond by Just Works does not do once the floor is higher', () =>
  withDevices(async (devices) => {
    const board = await devices.board({ io: Io.display, authenticated: 'no' });
    const gateway = await devices.gateway({ io: Io.keyboardDisplay, authenticated: 'no' });
    await linked(gateway, board);
    await gateway.close();
    const stricter = await devices.gateway({ io: Io.keyboardDisplay, authenticated: 'yes' });
    const { problem } = await stricter.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'encryption: the bond is weaker than demanded');
  }));

test('a PNE that has lost its bond is refused until its owner has the gateway forget it, then pairs anew: another channel', () =>
  withDevices(async (devices) => {
    let board = await devices.board(PASSKEY.board);
    const gateway = await devices.gateway(PASSKEY.gateway);
    await PASSKEY.attend(gateway, board);
    const former = await linked(gateway, board);
    await board.close();
    await rm(board.folder, { recursive: true });
    board = await devices.board(PASSKEY.board);
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.ok(/^(encryption: PIN_OR_KEY_MISSING|pairing: has a bond already)$/.test(problem!), problem);
    await gateway.ask({ do: 'forget', peer: PNE });
    await PASSKEY.attend(gateway, board);
    assert.is.not(await linked(gateway, board), former);
  }));

test.run();

/** What a gateway may hear where the PNE refuses: the reason may be lost with the connection. */
function refusals(reason: string): readonly string[] {
  return [`pairing: ${reason}`, 'it hung up: AUTHENTICATION_FAILURE'];
}

async function shown(board: PlayedBoard): Promise<number> {
  const [, passkey] = await board.take('passkey');
  return Number(passkey);
}

/** Returns what names the channel at both ends. */
async function linked(gateway: End, board: PlayedBoard): Promise<string> {
  const { channelBinding } = await gateway.ask({ do: 'take', kind: 'link' });
  await board.take('secured');
  assert.is(channelBinding, toHex(board.channelBinding!));
  await talk(gateway, board);
  return channelBinding!;
}

/** A message in each direction: fragments of one, 2 bytes in front of it. */
async function talk(gateway: End, board: PlayedBoard): Promise<void> {
  await gateway.ask({ do: 'send', bytes: '010203' });
  assert.equal(await board.take('value'), written('c000010203'));
  await board.take('subscription');
  board.notify(Buffer.from('c000040506', 'hex'));
  const { bytes } = await gateway.ask({ do: 'take', kind: 'message' });
  assert.is(bytes, '040506');
}
