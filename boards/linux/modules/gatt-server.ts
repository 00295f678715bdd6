// SPDX-License-Identifier: Apache-2.0

/**
 * ECMA-419's `GATTServer`, as SDK 8.2.3 has it on ESP32, of a simulated board. Its stack is a process of its
 * own (tools/simulator/ble), at the other end of a line that the board has. What the firmware does not use is
 * not there: static values, reads, descriptors, a second service.
 */
import { type AdvertisingRecords, encodeAdvertising, uuidBytes } from './advertising.ts';
import { type GattChannel, type OpenStackLine, openGattChannel } from './gatt-channel.ts';
import {
  type GattMessage,
  GattMessageType,
  OpenSecurity,
  PasskeyAction,
  SecuredFlag,
} from './gatt-message.ts';

interface CharacteristicOptions {
  readonly uuid: string;
  readonly properties: number;
  onWrite?(this: Characteristic, value: ArrayBuffer, connection: Connection): void;
  onSubscribe?(this: Characteristic, connection: Connection): void;
  onUnsubscribe?(this: Characteristic, connection: Connection): void;
}

export interface ServerOptions {
  readonly mtu: number;
  readonly services: readonly {
    readonly uuid: string;
    readonly characteristics: readonly CharacteristicOptions[];
  }[];
  readonly security: {
    readonly bond: boolean;
    readonly authenticate: boolean;
    readonly immediate: boolean;
    readonly display: boolean;
    readonly keyboard: boolean | 'yes/no';
  };
  onReady?(): void;
  onConnect?(connection: Connection): void;
  onDisconnect?(connection: Connection): void;
  onPasskey?(connection: Connection, action: string, number: number): void;
  onSecured?(connection: Connection, state: object): void;
}

class Characteristic {
  readonly number: number;
  readonly options: CharacteristicOptions;

  constructor(number: number, options: CharacteristicOptions) {
    this.number = number;
    this.options = options;
  }
}

class Connection {
  readonly number: number;
  maximumWrite: number;
  /** Not of the SDK, whose boards ask NimBLE: what names the channel that it is secured as. */
  channelBinding: Uint8Array | undefined;
  /** Nor is this, or `forgetBond`. */
  readonly isBonded: boolean;
  readonly subscribed = new Set<Characteristic>();
  private readonly server: LineGattServer;

  constructor(server: LineGattServer, number: number, maximumWrite: number, isBonded: boolean) {
    this.server = server;
    this.isBonded = isBonded;
    this.number = number;
    this.maximumWrite = maximumWrite;
  }

  notify(characteristic: Characteristic, value: Uint8Array): void {
    if (!this.server.holds(this) || !this.subscribed.has(characteristic)) throw new Error('disabled');
    this.server.send(GattMessageType.notify, [this.number, characteristic.number], [value]);
  }

  replyToPasskey(_action: string, value: number | boolean): void {
    if (this.server.holds(this)) this.server.send(GattMessageType.reply, [this.number, Number(value)]);
  }

  forgetBond(): void {
    this.server.send(GattMessageType.forget, [this.number]);
  }

  /** As on ESP32: nothing is heard of it any more, and advertising stays as it is. */
  close(): void {
    if (this.server.forget(this)) this.server.send(GattMessageType.close, [this.number]);
  }
}

/** A board's own `GATTServer` extends it with its line. */
export class LineGattServer {
  static readonly properties = Object.freeze({
    writeEncrypted: (1 << 12) | (1 << 3),
    writeAuthenticated: (1 << 13) | (1 << 3),
    subscribeEncrypted: (1 << 15) | (1 << 4),
    subscribeAuthenticated: (1 << 16) | (1 << 4),
  });
  private readonly options: ServerOptions;
  private readonly characteristics: readonly Characteristic[];
  private readonly connections = new Map<number, Connection>();
  private readonly channel: GattChannel;

  constructor(options: ServerOptions, openLine: OpenStackLine) {
    const [service, ...others] = options.services;
    if (service === undefined || others.length > 0) throw new RangeError('one service on this board');
    this.options = options;
    this.characteristics = service.characteristics.map((each, number) => new Characteristic(number, each));
    this.channel = openGattChannel(openLine, (message) => this.receive(message));
    this.send(
      GattMessageType.open,
      [
        options.mtu,
        securityNumber(options.security),
        ...service.characteristics.map(({ properties }) => properties),
      ],
      [service, ...service.characteristics].map(({ uuid }) => uuidBytes(uuid)),
    );
  }

  startAdvertising(data: AdvertisingRecords, response: AdvertisingRecords = {}): void {
    this.send(GattMessageType.advertise, [], [encodeAdvertising(data), encodeAdvertising(response)]);
  }

  stopAdvertising(): void {
    this.send(GattMessageType.stop);
  }

  send(type: number, numbers: readonly number[] = [], values: readonly Uint8Array[] = []): void {
    this.channel.send({ type, numbers, values });
  }

  holds(connection: Connection): boolean {
    return this.connections.get(connection.number) === connection;
  }

  /** Returns whether it was there. */
  forget(connection: Connection): boolean {
    return this.holds(connection) && this.connections.delete(connection.number);
  }

  private receive({ type, numbers, values }: GattMessage): void {
    const [number = 0, first = 0, second = 0] = numbers;
    if (type === GattMessageType.ready) return this.options.onReady?.();
    if (type === GattMessageType.connected) return this.connect(number, first, second !== 0);
    const connection = this.connections.get(number);
    if (connection === undefined) return;
    if (type === GattMessageType.disconnected) this.disconnect(connection);
    else if (type === GattMessageType.room) connection.maximumWrite = first;
    else if (type === GattMessageType.secured)
      this.secure(connection, securityState(first, second), values[0]!);
    else if (type === GattMessageType.passkey)
      this.options.onPasskey?.(connection, actionName(first), second);
    else if (type === GattMessageType.subscription) this.subscribe(connection, first, second !== 0);
    else if (type === GattMessageType.value) this.write(connection, first, values[0]!);
  }

  private connect(number: number, maximumWrite: number, isBonded: boolean): void {
    const connection = new Connection(this, number, maximumWrite, isBonded);
    this.connections.set(number, connection);
    this.options.onConnect?.(connection);
  }

  private disconnect(connection: Connection): void {
    for (const characteristic of connection.subscribed.values())
      characteristic.options.onUnsubscribe?.call(characteristic, connection);
    connection.subscribed.clear();
    this.options.onDisconnect?.(connection);
    this.forget(connection);
  }

  private secure(connection: Connection, state: object, channelBinding: Uint8Array): void {
    connection.channelBinding = channelBinding.slice();
    this.options.onSecured?.(connection, state);
  }

  private subscribe(connection: Connection, number: number, isOn: boolean): void {
    const characteristic = this.characteristics[number]!;
    if (isOn) connection.subscribed.add(characteristic);
    else connection.subscribed.delete(characteristic);
    const { onSubscribe, onUnsubscribe } = characteristic.options;
    (isOn ? onSubscribe : onUnsubscribe)?.call(characteristic, connection);
  }

  /** The central has its response once the handler has returned, and then writes on. */
  private write(connection: Connection, number: number, value: Uint8Array): void {
    const characteristic = this.characteristics[number]!;
    characteristic.options.onWrite?.call(characteristic, value.slice().buffer, connection);
    this.send(GattMessageType.written, [connection.number]);
  }
}

/** SDK 8.2.3 reads `display` and `keyboard` on ESP32, and so does this board. */
function securityNumber({
  bond,
  authenticate,
  immediate,
  display,
  keyboard,
}: ServerOptions['security']): number {
  return (
    (bond ? OpenSecurity.bond : 0) |
    (authenticate ? OpenSecurity.authenticate : 0) |
    (immediate ? OpenSecurity.immediate : 0) |
    (ioCapabilities(display, keyboard) << OpenSecurity.ioShift)
  );
}

/** SMP's numbers: DisplayOnly, DisplayYesNo, KeyboardOnly, NoInputNoOutput, KeyboardDisplay. */
function ioCapabilities(display: boolean, keyboard: boolean | 'yes/no'): number {
  if (keyboard === 'yes/no') return 1;
  if (keyboard) return display ? 4 : 2;
  return display ? 0 : 3;
}

function securityState(flags: number, keySize: number): object {
  return {
    encrypted: (flags & SecuredFlag.encrypted) !== 0,
    authenticated: (flags & SecuredFlag.authenticated) !== 0,
    bonded: (flags & SecuredFlag.bonded) !== 0,
    keySize,
  };
}

function actionName(action: number): string {
  if (action === PasskeyAction.display) return 'display';
  return action === PasskeyAction.compareNumber ? 'compareNumber' : 'input';
}
