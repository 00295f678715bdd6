// SPDX-License-Identifier: Apache-2.0
import bleHost, { type Connection, type ServerCharacteristic } from 'ble-host';
import { GattMessageType, PasskeyAction, SecuredFlag } from '../../../boards/linux/modules/gatt-message.ts';
import { SpecificationLimits } from '../../../src/limits.ts';
import type { Gate, GateSecurity, GateUser } from '../../../src/node/ble/gate.ts';
import type { BoardPort } from './board-port.ts';

type Respond = (error: number) => void;

const { AttErrors } = bleHost;
/** Notifications that wait for the controller. More are lost, as where NimBLE has no buffer left. */
const MAX_WAITING = 36;

/** One connection, as the board knows it by its number. */
export class CentralHandle {
  readonly number: number;
  readonly connection: Connection;
  gate: Gate | undefined;
  private readonly board: BoardPort;
  /** Characteristics that the central has subscribed to, and those of them that the board knows of. */
  private readonly subscribed = new Set<number>();
  private readonly told = new Set<number>();
  private waiting = 0;
  private response: Respond | undefined;
  private answer: ((value: number) => void) | undefined;

  constructor(board: BoardPort, number: number, connection: Connection, isBonded: boolean) {
    this.board = board;
    this.number = number;
    this.connection = connection;
    board.send(GattMessageType.connected, [number, this.room, Number(isBonded)]);
  }

  /** Bytes that one notification carries. */
  get room(): number {
    return this.connection.gatt.currentMtu - SpecificationLimits.attHeaderBytes;
  }

  get user(): GateUser {
    return {
      showPasskey: (passkey) => this.ask(PasskeyAction.display, passkey),
      compare: (number, answer) =>
        this.ask(PasskeyAction.compareNumber, number, (value) => answer(value === 1)),
      typePasskey: (answer) => this.ask(PasskeyAction.input, 0, answer),
    };
  }

  reply(value: number): void {
    const { answer } = this;
    this.answer = undefined;
    answer?.(value);
  }

  /** A bonded central is subscribed from the start; the board hears of it when that counts. */
  secured({ encrypted, authenticated, bonded, keySize, channelBinding }: GateSecurity): void {
    const flags =
      Number(encrypted) * SecuredFlag.encrypted +
      Number(authenticated) * SecuredFlag.authenticated +
      Number(bonded) * SecuredFlag.bonded;
    this.board.send(GattMessageType.secured, [this.number, flags, keySize], [channelBinding]);
    for (const characteristic of this.subscribed) this.tell(characteristic);
  }

  subscribe(characteristic: number, isOn: boolean): void {
    if (isOn) this.subscribed.add(characteristic);
    else this.subscribed.delete(characteristic);
    if (this.gate?.security !== undefined) this.tell(characteristic);
  }

  /** The central has its response when the board is done. */
  write(characteristic: number, value: Uint8Array, respond: Respond): void {
    this.response?.(AttErrors.INSUFFICIENT_RESOURCES!);
    this.response = respond;
    this.board.send(GattMessageType.value, [this.number, characteristic], [value]);
  }

  written(): void {
    const { response } = this;
    this.response = undefined;
    response?.(AttErrors.SUCCESS!);
  }

  notify(characteristic: ServerCharacteristic, value: Uint8Array): void {
    if (this.gate?.security === undefined || this.waiting >= MAX_WAITING) return;
    const isSent = characteristic.notify!(this.connection, Buffer.from(value), () => {
      this.waiting -= 1;
    });
    if (isSent) this.waiting += 1;
  }

  private ask(action: number, number: number, answer?: (value: number) => void): void {
    this.answer = answer;
    this.board.send(GattMessageType.passkey, [this.number, action, number]);
  }

  private tell(characteristic: number): void {
    const isOn = this.subscribed.has(characteristic);
    if (isOn === this.told.has(characteristic)) return;
    if (isOn) this.told.add(characteristic);
    else this.told.delete(characteristic);
    this.board.send(GattMessageType.subscription, [this.number, characteristic, Number(isOn)]);
  }
}
