// SPDX-License-Identifier: Apache-2.0

/** A man in the middle of each method of pairing, over the virtual radio, and what is left of CPNS-1 and CPNS-3. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from '../../bytes/hex.ts';
import { linkEvidence } from '../../link/attestation.ts';
import { decodeRoute } from '../../link/route.ts';
import { refusedAt } from '../../roles/attacker.testing.ts';
import { recordAlgorithms, values } from '../../roles/scenario.testing.ts';
import { type Channels, carrier, justWorks, networkOverBle } from './carrier.testing.ts';
import { GATEWAY_SIDE, Io, securedAs, withDevices } from './devices.testing.ts';
import { type Change, Middle } from './middle.testing.ts';

const test = suite('node/ble/middle');

const OPEN = {
  gateway: { io: Io.none, authenticated: 'no' },
  board: { io: Io.none, authenticated: 'no' },
} as const;
const CLAIM = { io: Io.none, mitm: 'no' };
const CLAIMS = { towardsPne: CLAIM, towardsGateway: CLAIM };
const UNCHANGED: Change = (message) => message;
const PASSKEYS = 1_000_000;
/** Behind the channel's byte: the beginning of a record, or of a handshake message and its key. */
const PART_BYTES = 12;

test('Passkey: a man in the middle, who does not see what the PNE shows, gets no link and leaves no bond', () =>
  withDevices(async (devices) => {
    const victims = { gateway: GATEWAY_SIDE, board: { io: Io.display, authenticated: 'yes' } } as const;
    const middle = await Middle.between(devices, victims, {
      towardsPne: { io: Io.keyboard, mitm: 'yes' },
      towardsGateway: { io: Io.display, mitm: 'yes', mischief: 'bluff' },
    });
    const { gateway, board, towardsPne } = middle;
    const [, shown] = await board.take('passkey');
    await gateway.ask({ do: 'take', kind: 'type' });
    await gateway.ask({ do: 'type', passkey: String(shown) });
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: CONFIRM_VALUE_FAILED');
    await towardsPne.ask({ do: 'take', kind: 'prompt' });
    await towardsPne.ask({ do: 'type', passkey: String((Number(shown) + 1) % PASSKEYS) });
    assert.equal(await board.take('refused'), ['refused: pairing: CONFIRM_VALUE_FAILED']);
    await assertNothingCame(middle);
  }));

test('Numeric Comparison: with a man in the middle the digits differ; refused, they leave no link and no bond', () =>
  withDevices(async (devices) => {
    const victims = { gateway: GATEWAY_SIDE, board: { io: Io.displayYesNo, authenticated: 'yes' } } as const;
    const claim = { io: Io.displayYesNo, mitm: 'yes' };
    const middle = await Middle.between(devices, victims, { towardsPne: claim, towardsGateway: claim });
    const { gateway, board, towardsPne, towardsGateway } = middle;
    const [, shown] = await board.take('passkey');
    const { number } = await gateway.ask({ do: 'take', kind: 'compare' });
    assert.is.not(Number(number), shown);
    for (const side of [towardsPne, towardsGateway]) {
      await side.ask({ do: 'take', kind: 'prompt' });
      await side.ask({ do: 'agree' });
    }
    await gateway.ask({ do: 'compare', isSame: 'no' });
    board.reply(0);
    const { problem } = await gateway.ask({ do: 'take', kind: 'problem' });
    assert.is(problem, 'pairing: NUMERIC_COMPARISON_FAILED');
    assert.equal(await board.take('refused'), ['refused: pairing: NUMERIC_COMPARISON_FAILED']);
    await assertNothingCame(middle);
  }));

test('Just Works: a man in the middle has a channel with either end, and CPNS-1 finds that they are two', () =>
  withDevices(async (devices) => {
    const middle = await Middle.between(devices, OPEN, CLAIMS);
    const channels = await channelsAt(middle);
    assert.not.equal(channels.pne, channels.gateway);
    const { network, carry } = carried(middle, channels, () => UNCHANGED);
    network.linkUp();
    network.pne.report('heart 61');
    await carry();
    assert.equal(refusedAt(network, 'gateway'), ['channelMismatch']);
    assert.equal(network.agreements, []);
    assert.equal(values(network), []);
  }));

test('Just Works: a man in the middle who gives the offer the name of his other channel spoils the handshake', () =>
  withDevices(async (devices) => {
    const middle = await Middle.between(devices, OPEN, CLAIMS);
    const channels = await channelsAt(middle);
    let renamed = 0;
    const rename: Change = (message) => {
      const at = Buffer.from(message).indexOf(nameOf(channels.pne));
      if (at < 0) return message;
      renamed += 1;
      const changed = message.slice();
      changed.set(nameOf(channels.gateway), at);
      return changed;
    };
    const { network, carry } = carried(middle, channels, () => rename);
    network.linkUp();
    await carry();
    assert.is(renamed, 1);
    assert.equal(refusedAt(network, 'gateway'), []);
    // message_2 decrypts to noise where the two have not seen one message_1.
    assert.is(refusedAt(network, 'pne').length, 1);
    assert.equal(network.agreements, []);
  }));

test('Just Works with nobody in the middle: CPNS-1 is left to the link, and readings pass', () =>
  withDevices(async (devices) => {
    const board = await devices.board(OPEN.board);
    const gateway = await devices.gateway(OPEN.gateway);
    const { channelBinding } = await gateway.ask({ do: 'take', kind: 'link' });
    await board.take('secured');
    const network = networkOverBle({ pne: board.channelBinding!, gateway: fromHex(channelBinding!) });
    network.linkUp();
    network.settle();
    assert.equal(recordAlgorithms(network, 'CPNS-1'), [undefined, undefined]);
    network.pne.report('heart 61');
    network.settle();
    assert.equal(values(network), ['heart 61']);
    assert.equal(network.refusals, []);
  }));

test('Just Works on a stack that names no channel: a man in the middle reads and forges no reading', () =>
  withDevices(async (devices) => {
    const middle = await Middle.between(devices, OPEN, CLAIMS);
    await channelsAt(middle);
    let change = UNCHANGED;
    const { network, carry } = carried(middle, {}, () => change);
    const relayed: Uint8Array[] = [];
    network.relay = (message) => {
      relayed.push(decodeRoute(message).message);
      return [message];
    };

    network.linkUp();
    await carry();
    for (const algorithm of recordAlgorithms(network, 'CPNS-1')) assert.ok(algorithm !== undefined);
    network.pne.report('heart 61');
    await carry();
    assert.equal(values(network), ['heart 61']);

    network.pne.report('heart 62');
    change = flipLast;
    await carry();
    assert.equal(values(network), ['heart 61']);
    assert.ok(network.refusals.length > 0);

    change = UNCHANGED;
    network.fireTimers();
    await carry();
    assert.equal(values(network), ['heart 61', 'heart 62']);
    assert.ok(network.pne.idle);
    assertUnreadable(middle.seen, relayed);
  }));

test.run();

/** No link at either victim, no value to the PNE, and no bond in their folders. */
async function assertNothingCame({ board, gateway, towardsPne, towardsGateway }: Middle): Promise<void> {
  await towardsPne.ask({ do: 'take', kind: 'disconnected' });
  await towardsGateway.ask({ do: 'take', kind: 'disconnected' });
  assert.is(board.count('secured') + board.count('value') + board.count('subscription'), 0);
  assert.is((await gateway.ask({ do: 'links' })).count, '0');
  for (const folder of [board.folder, join(board.folder, '..', 'gateway')]) {
    const bonds = join(folder, 'bonds');
    assert.equal(existsSync(bonds) ? readdirSync(bonds) : [], []);
  }
}

/** The attacker has a link with both ends. Returns the channel that each has. */
async function channelsAt({ gateway, board, towardsPne }: Middle): Promise<Required<Channels>> {
  const link = await gateway.ask({ do: 'take', kind: 'link' });
  const { encrypted, authenticated, keySize, channelBinding } = link;
  assert.equal([encrypted, authenticated, keySize], ['true', 'false', '16']);
  assert.equal(await board.take('secured'), securedAs('encrypted', 'bonded'));
  assert.is((await towardsPne.ask({ do: 'subscribe' })).error, 'SUCCESS');
  await board.take('subscription');
  return { pne: board.channelBinding!, gateway: fromHex(channelBinding!) };
}

/** PNE, gateway and server, with CPNS-1 on the links that the attacker holds at both ends. */
function carried(middle: Middle, channels: Channels, change: () => Change) {
  const network = networkOverBle(channels);
  const carry = carrier(network, {
    pne: (message) => middle.carryToPne(message, change()),
    gateway: (message) => middle.carryToGateway(message, change()),
  });
  return { network, carry };
}

/** As an offer names it. */
function nameOf(channelBinding: Uint8Array): Uint8Array {
  const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
  return linkEvidence(justWorks(channelBinding), sha256)!.binding;
}

function flipLast(message: Uint8Array): Uint8Array {
  const flipped = message.slice();
  flipped[flipped.length - 1]! ^= 1;
  return flipped;
}

/** Neither readings nor what CPNS-2 carries of CPNS-3, which CPNS-1 hides. */
function assertUnreadable(seen: readonly Uint8Array[], relayed: readonly Uint8Array[]): void {
  assert.ok(seen.length > 10);
  assert.ok(relayed.length > 5);
  const air = Buffer.concat(seen);
  assert.not.ok(air.includes('heart'));
  for (const message of relayed) {
    assert.not.ok(air.includes(Buffer.from(message.subarray(1, 1 + PART_BYTES))));
  }
}
