// SPDX-License-Identifier: Apache-2.0

/** Floods over the virtual radio: of connections at a PNE, of PNEs that are none, and of half messages. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeAdvertising } from '../../../boards/linux/modules/advertising.ts';
import {
  type DeviceAddress,
  formatAddress,
  parseAddress,
} from '../../../tools/simulator/controller/address.ts';
import {
  AdvertisingType,
  decodeAdvertisingPdu,
  encodeAdvertisingPdu,
} from '../../../tools/simulator/controller/air/advertising-pdu.ts';
import type { Air, Radio } from '../../../tools/simulator/controller/air/air.ts';
import { BleUuid } from '../../link/ble.ts';
import { encodeFragment } from '../../link/fragment.testing.ts';
import { type DeviceOptions, Io, PNE, withDevices } from './devices.testing.ts';

const test = suite('node/ble/floods');

const OPEN: DeviceOptions = { io: Io.none, authenticated: 'no' };
/** Microseconds of the air. */
const STEP = 20_000;
const MOST_FLOODS = 20;
const ATTACKER: Radio = { hear: () => undefined };
/** PNEs that are none, and the octet of their addresses that shows them. */
const GHOSTS = 40;
const GHOST_OCTET = 0xee;

test('a PNE that is flooded with connections serves its gateway once the flood is over', () =>
  withDevices(async ({ air, board: openBoard, gateway: openGateway }) => {
    const board = await openBoard(OPEN);
    air.attach(ATTACKER);
    // How often a board hears within so many steps of the air depends on how busy its host is.
    for (let round = 0; round < MOST_FLOODS && board.count('connected') < 2; round += 1)
      await flood(air, 300, (n) => {
        const parameters = { accessAddress: 1000 + n, interval: 6, latency: 0, timeout: 100 };
        const advertiser: DeviceAddress = { type: 1, octets: parseAddress(PNE) };
        return encodeAdvertisingPdu({
          type: AdvertisingType.connect,
          initiator: madeUp(n),
          advertiser,
          ...parameters,
        });
      });
    await board.take('connected');
    await board.take('disconnected');
    const gateway = await openGateway(OPEN);
    await gateway.ask({ do: 'take', kind: 'link' });
    await board.take('secured');
    assert.ok(board.count('connected') > 2, `${board.count('connected')}`);
    assert.is(board.count('secured'), 1);
  }));

test('a gateway finds its PNE among many that advertise and are none', () =>
  withDevices(async ({ air, board: openBoard, gateway: openGateway }) => {
    const gateway = await openGateway(OPEN);
    const tried = attachGhosts(air);
    const data = encodeAdvertising({ flags: 6, services: [BleUuid.service] });
    const announce = (n: number) =>
      encodeAdvertisingPdu({ type: AdvertisingType.connectable, advertiser: madeUp(n % GHOSTS), data });
    await flood(air, 2 * GHOSTS, announce);
    const board = await openBoard(OPEN);
    await flood(air, 10 * GHOSTS, announce);
    await gateway.ask({ do: 'take', kind: 'link' });
    await board.take('secured');
    assert.ok(tried.size > 1, `${tried.size}`);
  }));

test('a flood of half messages from a PNE costs the gateway none that is whole', () =>
  withDevices(async ({ board: openBoard, gateway: openGateway }) => {
    const board = await openBoard(OPEN);
    const gateway = await openGateway(OPEN);
    await gateway.ask({ do: 'take', kind: 'link' });
    await board.take('subscription');
    const half = { isFirst: true, isLast: false, length: 8192, bytes: new Uint8Array(200).fill(1) };
    for (let number = 0; number < 600; number += 1) {
      if (number % 20 === 19) {
        const bytes = Uint8Array.of(number & 0xff);
        board.notify(encodeFragment({ isFirst: true, isLast: true, number, length: 1, bytes }));
        const { bytes: arrived } = await gateway.ask({ do: 'take', kind: 'message' });
        assert.is(arrived, Buffer.from(bytes).toString('hex'));
      } else board.notify(encodeFragment({ ...half, number }));
    }
    assert.is((await gateway.ask({ do: 'attestation' })).encrypted, 'true');
  }));

test.run();

function madeUp(n: number): DeviceAddress {
  return { type: 1, octets: Uint8Array.of(n & 0xff, n >> 8, 0, 0, GHOST_OCTET, 0xc0) };
}

/** What is made up answers who scans, and not who connects. Returns who was tried, if in vain. */
function attachGhosts(air: Air): ReadonlySet<string> {
  const tried = new Set<string>();
  air.attach({
    hear(bytes) {
      const pdu = decodeAdvertisingPdu(bytes);
      if (pdu.type !== AdvertisingType.scanRequest && pdu.type !== AdvertisingType.connect) return;
      const { advertiser } = pdu;
      if (advertiser.octets[4] !== GHOST_OCTET) return;
      if (pdu.type === AdvertisingType.connect) tried.add(formatAddress(advertiser.octets));
      else air.advertise(ATTACKER, encodeAdvertisingPdu({ type: 4, advertiser, data: new Uint8Array(0) }));
    },
  });
  return tried;
}

/** Sends the nth of so many, a step of the air after the one before; resolves with the last. */
function flood(air: Air, count: number, pdu: (n: number) => Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const next = (n: number): void => {
      if (n === count) return resolve();
      air.advertise(ATTACKER, pdu(n));
      air.clock.after(STEP, () => next(n + 1));
    };
    next(0);
  });
}
