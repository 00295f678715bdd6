// SPDX-License-Identifier: Apache-2.0

/** New keys of CPNS-1 while its link is Bluetooth LE, and that link lost meanwhile. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { End } from '../../../tools/interop/end.ts';
import type { Air } from '../../../tools/simulator/controller/air/air.ts';
import { drop, isOfConnection } from '../../../tools/simulator/controller/air/tap.ts';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { ImplementationLimits } from '../../limits.ts';
import { Channel } from '../../link/channel.ts';
import { Fragmenter } from '../../link/fragmenter.ts';
import type { TestNetwork } from '../../roles/network.testing.ts';
import { values } from '../../roles/scenario.testing.ts';
import { carrier, networkOverBle } from './carrier.testing.ts';
import { Io, type PlayedBoard, withDevices } from './devices.testing.ts';

const test = suite('node/ble/renewal');

const OPEN = { io: Io.none, authenticated: 'no' } as const;
const VALUE_BYTES = 244;
const HEADER_BYTES = 2;
const HANDSHAKE_MESSAGES = 4;
/** Those behind the message that is lost are lost with it. */
const AT_ONCE = 3;
/** The first block of numbers may be used up: renewal is due with the second. */
const RENEW_AFTER = ImplementationLimits.sequenceBlockSize;

test('a link lost at each message of a renewal of keys costs no reading and doubles none', () =>
  withDevices(async ({ air, board: openBoard, gateway: openGateway }) => {
    const radio = new RadioHop(air, await openBoard(OPEN), await openGateway(OPEN));
    const network = networkOverBle(
      {},
      {
        change: (own, role) =>
          role === 'pne' && own.name === 'CPNS-1' ? { ...own, renewAfter: RENEW_AFTER } : own,
      },
    );
    const carry = carrier(network, radio.lanes(network));
    let readings = 0;
    for (let step = 0; step < HANDSHAKE_MESSAGES; step += 1) {
      await radio.connect(network);
      await carry();
      radio.loseAt(step);
      while (network.isUp) {
        assert.ok(readings < (step + 1) * (RENEW_AFTER + 10), 'no renewal');
        for (let each = 0; each < AT_ONCE; each += 1) {
          network.pne.report(readings);
          readings += 1;
        }
        await carry();
      }
    }
    await radio.connect(network);
    await carry();
    network.fireTimers();
    await carry();
    // Each loss was one of a renewal: new keys had served as long before.
    assert.ok(readings >= HANDSHAKE_MESSAGES * (RENEW_AFTER - AT_ONCE), `${readings}`);
    const numbers = values(network).map(Number);
    assert.equal(
      numbers.sort((a, b) => a - b),
      Array.from({ length: readings }, (_, value) => value),
    );
    assert.ok(network.pne.idle);
  }));

test.run();

/** CPNS-1 between a board and a gateway's central, which ends where it was told to. */
class RadioHop {
  private readonly air: Air;
  private readonly board: PlayedBoard;
  private readonly gateway: End;
  private fragmenter = new Fragmenter();
  /** Messages of a handshake that pass yet before the link is lost, where it shall be. */
  private left = Number.POSITIVE_INFINITY;

  constructor(air: Air, board: PlayedBoard, gateway: End) {
    this.air = air;
    this.board = board;
    this.gateway = gateway;
  }

  async connect(network: TestNetwork): Promise<void> {
    await this.gateway.ask({ do: 'take', kind: 'link' });
    await this.board.take('secured');
    await this.board.take('subscription');
    this.fragmenter = new Fragmenter();
    network.linkUp();
  }

  /** Loses the next handshake's message of that number, from 0, and the link with it. */
  loseAt(step: number): void {
    this.left = step;
  }

  lanes(network: TestNetwork) {
    const carry = async (message: Uint8Array, send: () => Promise<void>, take: () => Promise<Uint8Array>) => {
      // Records are many, and of no interest before the loss: they take no radio.
      if (message[0] !== Channel.hopHandshake) return message;
      if (!this.isLost()) {
        await send();
        return take();
      }
      const lift = this.air.tap(drop(isOfConnection));
      await send();
      await this.gateway.ask({ do: 'take', kind: 'closed' });
      await this.board.take('disconnected');
      lift();
      network.linkDown();
      return undefined;
    };
    return {
      pne: (message: Uint8Array) =>
        carry(
          message,
          async () => void (await this.gateway.ask({ do: 'send', bytes: toHex(message) })),
          async () => fromHex(String((await this.board.take('value'))[1])).subarray(HEADER_BYTES),
        ),
      gateway: (message: Uint8Array) =>
        carry(
          message,
          async () => this.notify(message),
          async () => fromHex((await this.gateway.ask({ do: 'take', kind: 'message' })).bytes!),
        ),
    };
  }

  private notify(message: Uint8Array): void {
    this.fragmenter.push(message);
    this.board.notify(this.fragmenter.next(VALUE_BYTES)!);
  }

  private isLost(): boolean {
    this.left -= 1;
    if (this.left >= 0) return false;
    this.left = Number.POSITIVE_INFINITY;
    return true;
  }
}
