// SPDX-License-Identifier: Apache-2.0

/**
 * A man in the middle: towards the gateway a PNE, towards the PNE the gateway, each with the other's address
 * and a host stack and keys of the attacker's own. It stands between a real central and a real peripheral.
 */
import type { End, Values } from '../../../tools/interop/end.ts';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { Fragmenter } from '../../link/fragmenter.ts';
import { type DeviceOptions, type Devices, GATEWAY, type PlayedBoard, PNE } from './devices.testing.ts';

export interface Victims {
  readonly gateway: DeviceOptions;
  readonly board: DeviceOptions;
}

/** What the attacker says of itself towards each victim: options of `open` in tools/simulator/ble/stranger.ts. */
export interface Claims {
  readonly towardsPne: Values;
  readonly towardsGateway: Values;
}

/** What becomes of a message on its way. */
export type Change = (message: Uint8Array) => Uint8Array;

/** Of a message in one fragment: no other is carried here. */
const HEADER_BYTES = 2;
const WHOLE = 0xc0;
const VALUE_BYTES = 244;

export class Middle {
  readonly gateway: End;
  readonly board: PlayedBoard;
  readonly towardsPne: End;
  readonly towardsGateway: End;
  /** Every message that the attacker has read, of both directions. */
  readonly seen: Uint8Array[] = [];
  private readonly fragmenter = new Fragmenter();

  private constructor(gateway: End, board: PlayedBoard, towardsPne: End, towardsGateway: End) {
    this.gateway = gateway;
    this.board = board;
    this.towardsPne = towardsPne;
    this.towardsGateway = towardsGateway;
  }

  /** The attacker takes the PNE first: connected it is silent, and the gateway finds the attacker alone. */
  static async between(devices: Devices, victims: Victims, claims: Claims): Promise<Middle> {
    const board = await devices.board(victims.board);
    const towardsPne = await devices.attacker({
      ...claims.towardsPne,
      address: GATEWAY,
      folder: 'towards-pne',
    });
    await towardsPne.ask({ do: 'connect', peer: PNE });
    await towardsPne.ask({ do: 'pair' });
    const towardsGateway = await devices.attacker({
      ...claims.towardsGateway,
      address: PNE,
      folder: 'towards-gateway',
    });
    await towardsGateway.ask({ do: 'advertise' });
    return new Middle(await devices.gateway(victims.gateway), board, towardsPne, towardsGateway);
  }

  /** Carries a message of the gateway's, and returns what arrives at the PNE. */
  async carryToPne(message: Uint8Array, change: Change): Promise<Uint8Array> {
    await this.gateway.ask({ do: 'send', bytes: toHex(message) });
    const { value } = await this.towardsGateway.ask({ do: 'take', kind: 'written' });
    await this.towardsPne.ask({ do: 'write', value: this.handle(value!, change) });
    const [, arrived] = await this.board.take('value');
    return fromHex(String(arrived)).subarray(HEADER_BYTES);
  }

  /** Carries a message of the PNE's, and returns what arrives at the gateway. */
  async carryToGateway(message: Uint8Array, change: Change): Promise<Uint8Array> {
    this.fragmenter.push(message);
    this.board.notify(this.fragmenter.next(VALUE_BYTES)!);
    const { value } = await this.towardsPne.ask({ do: 'take', kind: 'notified' });
    await this.towardsGateway.ask({ do: 'notify', value: this.handle(value!, change) });
    const { bytes } = await this.gateway.ask({ do: 'take', kind: 'message' });
    return fromHex(bytes!);
  }

  private handle(hex: string, change: Change): string {
    const value = fromHex(hex);
    if (value[0]! < WHOLE) throw new RangeError('a message in several fragments');
    const message = value.slice(HEADER_BYTES);
    this.seen.push(message);
    value.set(change(message), HEADER_BYTES);
    return toHex(value);
  }
}
