// SPDX-License-Identifier: Apache-2.0

/**
 * A PNE as a Bluetooth LE peripheral, over the `GATTServer` that it is given: ECMA-419's surface as SDK 8.2.3
 * has it. What that does not do, or does wrong on ESP32, is met here; each place says what, and
 * peripheral.test.ts has a test of it.
 */
import type {
  GATTServerCharacteristic,
  GATTServerConnection,
  GATTServerOptions,
  GATTServer as Server,
} from 'embedded:io/bluetoothle/peripheral';
import { ImplementationLimits, SpecificationLimits } from '../../src/limits.ts';
import { type BleSecurity, BleUuid, BYE } from '../../src/link/ble.ts';
import { valueBytes } from '../../src/link/fragment.ts';
import type { After, RunningTimer } from '../../src/link/timer.ts';
import { createQueue } from './event-queue.ts';

/** What a board can show to, and take from, who stands in front of it. */
export type IoCapabilities = GATTServerOptions['security']['ioCapabilities'];

export interface PeripheralOptions {
  /** In the scan response. */
  readonly name: string;
  readonly ioCapabilities: IoCapabilities;
  /** Whether attributes ask for a pairing that excludes a man in the middle. */
  readonly authenticate: boolean;
  readonly events: PeripheralEvents;
}

/** Called from a timer, never from within the stack's own call, in the order in which things happened. */
export interface PeripheralEvents {
  onConnected(central: Central): void;
  onSecured(central: Central, security: BleSecurity): void;
  onSubscribed(central: Central): void;
  onUnsubscribed(central: Central): void;
  /** The value is owned by the callee. */
  onValue(central: Central, value: Uint8Array): void;
  /** Comes once and last, after `hangUp` too. */
  onDisconnected(central: Central): void;
  /** To be shown until the pairing is over. */
  onPasskey(passkey: number): void;
  /** To be compared with what the other device shows; `answer` once. */
  onCompare(number: number, answer: (isSame: boolean) => void): void;
  /** To be typed as the other device shows it; `answer` once. */
  onTypePasskey(answer: (passkey: number) => void): void;
}

/** One connection. */
export interface Central {
  /** Bytes that one notification carries now. */
  readonly valueBytes: number;
  /** Borrows the value for the call. False where the stack has no room for it now, or the central is gone. */
  notify(value: Uint8Array): boolean;
  /** Ends the connection, within a bound whatever the central does. Safe to call twice. */
  hangUp(): void;
  /** Erases the bond that was made on the connection, which has ended, if one was. */
  forgetNewBond(): void;
}

export type OpenPeripheral = (options: PeripheralOptions) => void;

/** The board's Bluetooth LE stack. */
export interface Stack {
  readonly GATTServer: typeof Server;
  /** Ends a connection whose central is subscribed: nimble.ts says why it is no `close` on ESP32. */
  readonly terminate: (connection: GATTServerConnection) => void;
  /**
   * What names the channel of a secured connection (src/link/ble.ts), owned by the caller. undefined where its key
   * is of no bond by LE Secure Connections.
   */
  readonly channelBinding: (connection: GATTServerConnection) => Uint8Array | undefined;
  /** Whether there is a bond with the central that has connected. Asked once for each. */
  readonly isBonded: (connection: GATTServerConnection) => boolean;
  /** Erases the bond that a connection was secured by, which may have ended. */
  readonly forgetBond: (connection: GATTServerConnection) => void;
}

/** What SDK 8.2.3's `GATTServer` leaves out. */
export type StackExtras = Omit<Stack, 'GATTServer'>;

type SecuredState = Parameters<GATTServerOptions['onSecured']>[1];

const { attMaxValueBytes, attMinMtu } = SpecificationLimits;
/** The largest MTU whose values an attribute can hold. */
const MTU = attMaxValueBytes + SpecificationLimits.attHeaderBytes;
const ADVERTISE_AGAIN_MS = 500;
/** General discoverable, no BR/EDR (Core Specification Supplement Part A 1.3). */
const ADVERTISING_FLAGS = 6;

/** SDK 8.2.3 ignores `ioCapabilities` on ESP32 and reads these: both are given. */
const BOTH_NAMES = Object.freeze({
  none: Object.freeze({ display: false, keyboard: false }),
  display: Object.freeze({ display: true, keyboard: false }),
  numbers: Object.freeze({ display: false, keyboard: true }),
  'display+numbers': Object.freeze({ display: true, keyboard: true }),
  'display+confirm': Object.freeze({ display: true, keyboard: 'yes/no' }),
} as const);

/** Starts to advertise, for as long as the program runs: SDK 8.2.3 has no server after the first. */
export function createPeripheral(stack: Stack, after: After, options: PeripheralOptions): void {
  const { ioCapabilities, authenticate, events, name } = options;
  const { GATTServer } = stack;
  const { properties } = GATTServer;
  const centrals = new Map<GATTServerConnection, Connected>();
  const { later, value: valueLater } = createQueue(after);
  let advertising: RunningTimer | undefined;

  const server = new GATTServer({
    mtu: MTU,
    security: {
      bond: true,
      authenticate,
      immediate: true,
      ioCapabilities,
      ...BOTH_NAMES[ioCapabilities],
    },
    services: [
      {
        uuid: BleUuid.service,
        characteristics: [
          {
            uuid: BleUuid.uplink,
            properties: authenticate ? properties.subscribeAuthenticated : properties.subscribeEncrypted,
            onSubscribe(connection): void {
              later(() => subscribe(connection, this));
            },
            onUnsubscribe(connection): void {
              later(() => unsubscribe(connection));
            },
          },
          {
            uuid: BleUuid.downlink,
            properties: authenticate ? properties.writeAuthenticated : properties.writeEncrypted,
            onWrite(value, connection): void {
              valueLater(() => receive(connection, value));
            },
          },
        ],
      },
    ],
    onReady: () => later(advertise),
    onConnect: (connection) => later(() => connect(connection)),
    onDisconnect: (connection) => later(() => disconnect(connection)),
    onSecured: (connection, state) => later(() => secure(connection, state)),
    onPasskey: (connection, action, data) => later(() => ask(connection, action, data)),
  });

  function connect(connection: GATTServerConnection): void {
    advertising?.cancel();
    advertising = undefined;
    const central = new Connected({ connection, stack, after, forget });
    centrals.set(connection, central);
    events.onConnected(central);
  }

  function disconnect(connection: GATTServerConnection): void {
    const central = centrals.get(connection);
    if (central === undefined) return;
    centrals.delete(connection);
    central.end();
    events.onDisconnected(central);
  }

  /** After `close` SDK 8.2.3 neither calls `onDisconnect` nor advertises again. */
  function forget(connection: GATTServerConnection): void {
    disconnect(connection);
    advertising ??= after(ADVERTISE_AGAIN_MS, advertiseAgain);
  }

  function advertise(): void {
    server.startAdvertising({ flags: ADVERTISING_FLAGS, services: [BleUuid.service] }, { name });
  }

  /** Until a central comes: SDK 8.2.3 says nothing where advertising could not be started yet. */
  function advertiseAgain(): void {
    advertising = after(ADVERTISE_AGAIN_MS, advertiseAgain);
    attempt(advertise);
  }

  function secure(connection: GATTServerConnection, state: SecuredState): void {
    const central = centrals.get(connection);
    if (central === undefined) return;
    const channelBinding = stack.channelBinding(connection);
    const secureConnections = channelBinding !== undefined;
    events.onSecured(central, { ...state, secureConnections, ...(secureConnections && { channelBinding }) });
  }

  function subscribe(connection: GATTServerConnection, characteristic: GATTServerCharacteristic): void {
    const central = centrals.get(connection);
    if (central === undefined) return;
    central.uplink = characteristic;
    events.onSubscribed(central);
  }

  /** A connection that ends is unsubscribed first. */
  function unsubscribe(connection: GATTServerConnection): void {
    const central = centrals.get(connection);
    if (central === undefined) return;
    central.uplink = undefined;
    events.onUnsubscribed(central);
  }

  function receive(connection: GATTServerConnection, value: ArrayBuffer): void {
    const central = centrals.get(connection);
    if (central?.isOpen === true) events.onValue(central, new Uint8Array(value));
  }

  function ask(
    connection: GATTServerConnection,
    action: Parameters<GATTServerOptions['onPasskey']>[1],
    data: number | ArrayBuffer | undefined,
  ): void {
    if (!centrals.has(connection)) return;
    const reply = (to: 'input' | 'compareNumber', value: number | boolean) =>
      attempt(() => centrals.has(connection) && connection.replyToPasskey(to, value));
    if (action === 'display') events.onPasskey(Number(data));
    if (action === 'compareNumber') events.onCompare(Number(data), (isSame) => reply(action, isSame));
    if (action === 'input') events.onTypePasskey((passkey) => reply(action, passkey));
  }
}

interface ConnectedOptions {
  readonly connection: GATTServerConnection;
  readonly stack: Stack;
  readonly after: After;
  forget(connection: GATTServerConnection): void;
}

class Connected implements Central {
  isOpen = true;
  /** Of the server's own making: only that may be notified. */
  uplink: GATTServerCharacteristic | undefined;
  private readonly options: ConnectedOptions;
  private readonly connection: GATTServerConnection;
  private readonly wasBonded: boolean;
  private farewell: RunningTimer | undefined;

  constructor(options: ConnectedOptions) {
    this.options = options;
    this.connection = options.connection;
    this.wasBonded = options.stack.isBonded(options.connection);
  }

  get valueBytes(): number {
    return valueBytes(Math.max(attMinMtu, (this.isOpen ? this.connection.maximumWrite : 0) + 3));
  }

  /** SDK 8.2.3 drops the callback of `notify`: who sends paces itself. */
  notify(value: Uint8Array): boolean {
    const { connection, uplink } = this;
    if (!this.isOpen || uplink === undefined) return false;
    return attempt(() => connection.notify(uplink, value));
  }

  /** A subscribed central is asked to go first, so that nothing of it is under way when the connection ends. */
  hangUp(): void {
    if (!this.isOpen) return;
    const { connection, options, uplink } = this;
    if (uplink === undefined) return this.drop(() => connection.close());
    this.notify(Uint8Array.from(BYE));
    this.isOpen = false;
    const terminate = () => this.drop(() => options.stack.terminate(connection));
    this.farewell = options.after(ImplementationLimits.bleFarewellMs, terminate);
  }

  forgetNewBond(): void {
    if (!this.wasBonded) this.options.stack.forgetBond(this.connection);
  }

  /** It is gone. */
  end(): void {
    this.isOpen = false;
    this.farewell?.cancel();
  }

  private drop(disconnect: () => void): void {
    this.end();
    attempt(disconnect);
    this.options.forget(this.connection);
  }
}

/** Returns whether it was done. A stack that has lost its connection throws. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
