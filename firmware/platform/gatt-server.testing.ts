// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: SDK 8.2.3's `GATTServer` as it behaves on ESP32 (modules/io/ble/server/esp32), without a radio.
 * Where the SDK would hang or crash the board, this throws.
 */
import type {
  GATTServerCharacteristic,
  GATTServerCharacteristicOptions,
  GATTServerConnection,
  GATTServerOptions,
} from 'embedded:io/bluetoothle/peripheral';
import type { After } from '../../src/link/timer.ts';
import type { Stack } from './peripheral.ts';

/** Of a bond by LE Secure Connections. */
export const BINDING: Uint8Array = new Uint8Array(16).fill(9);

type PasskeyAction = Parameters<GATTServerOptions['onPasskey']>[1];

export class FakeConnection implements GATTServerConnection {
  maximumWrite = 20;
  isClosed = false;
  /** Told to end, which takes the radio a while. */
  isTerminated = false;
  /** The stack has no buffer for a notification. */
  isFull = false;
  /** What NimBLE has of its bond. */
  channelBinding: Uint8Array | undefined = BINDING;
  /** NimBLE had a bond with it when it connected, and was told to erase the one that it has. */
  isBonded = false;
  isForgotten = false;
  characteristic: GATTServerCharacteristic | undefined;
  readonly notified: Uint8Array[] = [];
  readonly replies: unknown[] = [];

  notify(characteristic: GATTServerCharacteristic, value: Uint8Array): void {
    if (this.isClosed) throw new Error('no host data');
    if (characteristic !== this.characteristic) throw new Error('disabled');
    if (this.isFull) throw new Error('no memory');
    this.notified.push(value.slice());
  }

  replyToPasskey(action: string, value: number | boolean): void {
    if (this.isClosed) throw new Error('no host data');
    this.replies.push([action, value]);
  }

  /** bleserver.c frees the record that the end of the subscription reads. */
  close(): void {
    if (this.characteristic !== undefined) throw new Error('LoadProhibited: the board restarts');
    this.isClosed = true;
  }
}

export class FakeServer {
  static readonly properties = Object.freeze({
    writeEncrypted: 4104,
    writeAuthenticated: 8200,
    subscribeEncrypted: 32784,
    subscribeAuthenticated: 65552,
  });
  static last: FakeServer;
  readonly options: GATTServerOptions;
  advertised: unknown[] = [];
  isBusy = false;

  constructor(options: GATTServerOptions) {
    this.options = options;
    FakeServer.last = this;
  }

  startAdvertising(...data: unknown[]): void {
    if (this.isBusy) throw new Error('invalid adv');
    this.advertised.push(data);
  }

  stopAdvertising(): void {}

  get characteristics(): readonly GATTServerCharacteristicOptions[] {
    return this.options.services[0]!.characteristics;
  }

  connect(): FakeConnection {
    const connection = new FakeConnection();
    this.options.onConnect(connection);
    return connection;
  }

  subscribe(connection: FakeConnection): void {
    const characteristic = { brand: 'characteristic' } as const;
    connection.characteristic = characteristic;
    this.characteristics[0]!.onSubscribe!.call(characteristic, connection);
  }

  write(connection: FakeConnection, ...bytes: number[]): void {
    const receiver = { brand: 'characteristic' } as const;
    this.characteristics[1]!.onWrite!.call(receiver, Uint8Array.from(bytes).buffer, connection);
  }

  secure(connection: FakeConnection, change: Partial<Parameters<GATTServerOptions['onSecured']>[1]> = {}) {
    const state = { encrypted: true, authenticated: true, bonded: true, keySize: 16, ...change };
    this.options.onSecured(connection, state);
  }

  passkey(connection: FakeConnection, action: PasskeyAction, data?: number): void {
    this.options.onPasskey(connection, action, data);
  }

  /** NimBLE ends the subscription, then the connection; a connection that was closed here says nothing. */
  disconnect(connection: FakeConnection): void {
    if (connection.isClosed) return;
    const { characteristic } = connection;
    connection.characteristic = undefined;
    if (characteristic !== undefined)
      this.characteristics[0]!.onUnsubscribe!.call(characteristic, connection);
    this.options.onDisconnect(connection);
  }
}

/** The server with NimBLE behind it. */
export const FAKE_STACK: Stack = Object.freeze({
  GATTServer: FakeServer,
  terminate(connection): void {
    (connection as FakeConnection).isTerminated = true;
  },
  channelBinding: ({ channelBinding }) => channelBinding,
  isBonded: (connection) => (connection as FakeConnection).isBonded,
  forgetBond(connection): void {
    (connection as FakeConnection).isForgotten = true;
  },
} satisfies Stack);

/** Timers that a test fires. */
export class FakeTimers {
  private waiting: { milliseconds: number; callback: () => void }[] = [];

  readonly after: After = (milliseconds, callback) => {
    const timer = { milliseconds, callback };
    this.waiting.push(timer);
    return {
      cancel: () => {
        this.waiting = this.waiting.filter((other) => other !== timer);
      },
    };
  };

  get lengths(): number[] {
    return this.waiting.map(({ milliseconds }) => milliseconds);
  }

  /** Fires what is due within so many milliseconds, and what that sets for now. */
  run(milliseconds = 0): void {
    const due = this.waiting.filter((timer) => timer.milliseconds <= milliseconds);
    if (due.length === 0) return;
    this.waiting = this.waiting.filter((timer) => timer.milliseconds > milliseconds);
    for (const { callback } of due) callback();
    this.run(0);
  }
}
