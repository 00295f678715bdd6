// SPDX-License-Identifier: Apache-2.0

/**
 * A program: the Bluetooth LE stack of one simulated board, ble-host behind our gate. Its working directory
 * holds the board's bonds.
 *
 *     node stack.mjs CONTROLLER ADDRESS MTU      the socket of a controller, a static random address
 *
 * Its first line says at which TCP port it waits for the board. It ends when the board does.
 */
import bleHost, { type Connection, type Manager, type ServerCharacteristic } from 'ble-host';
import {
  type GattMessage,
  GattMessageType,
  OpenSecurity,
} from '../../../boards/linux/modules/gatt-message.ts';
import type { BleDemand } from '../../../src/link/ble.ts';
import { openBondFiles } from '../../../src/node/ble/bond-files.ts';
import { Bonds, peerOf } from '../../../src/node/ble/bonds.ts';
import { Gate } from '../../../src/node/ble/gate.ts';
import { connectTransport } from '../../../src/node/ble/h4-socket.ts';
import { openHost } from '../../../src/node/ble/host.ts';
import { type BoardPort, listenForBoard } from './board-port.ts';
import { CentralHandle } from './central-handle.ts';
import { limitMtu } from './mtu.ts';

const { AttErrors, HciErrors } = bleHost;
/** As on ESP32: CONFIG_BT_NIMBLE_MAX_BONDS and _MAX_CONNECTIONS. */
const MAX_BONDS = 3;
const MAX_CONNECTIONS = 1;
/**
 * A central that secures the connection by itself is not asked to: ble-host ignores a pairing request that
 * arrives while it sends its own request, and then waits for 30 seconds.
 */
const PATIENCE_MS = 1000;
const CCCD = 0x2902;
/** Bits of a characteristic's properties in the SDK. */
const NOTIFY = 1 << 4;
const WRITE = 1 << 3;
const AUTHENTICATED = (1 << 13) | (1 << 16);

class Stack {
  private readonly board: BoardPort;
  /** One more than the most, until the oldest makes room. */
  private readonly bonds = new Bonds(openBondFiles('bonds'), MAX_BONDS + 1);
  private readonly centrals = new Map<number, CentralHandle>();
  private readonly demand: BleDemand;
  private readonly security: number;
  private readonly characteristics: ServerCharacteristic[];
  private manager: Manager | undefined;
  /** That the board may speak of after its end. */
  private latest: CentralHandle | undefined;
  private nextNumber = 0;
  private isAdvertising = false;
  private wantsAdvertising = false;

  constructor(board: BoardPort, { numbers, values }: GattMessage) {
    const [, security = 0, ...properties] = numbers;
    this.board = board;
    this.security = security;
    this.demand = { authenticated: (security & OpenSecurity.authenticate) !== 0 };
    this.characteristics = properties.map((each, index) =>
      this.characteristic(index, each, values[1 + index]!),
    );
  }

  async start(path: string, address: string, mtu: number, service: Uint8Array): Promise<void> {
    const transport = limitMtu(connectTransport(path), mtu, () => this.tellRoom());
    const { demand, ioCapabilities, bonds } = this;
    const onProblem = (problem: string) => console.log(problem);
    this.manager = await openHost({ transport, address, demand, ioCapabilities, bonds, onProblem });
    this.manager.on('error', (error) => fail(error.message));
    this.manager.gattDb.addServices([{ uuid: uuidText(service), characteristics: this.characteristics }]);
    this.board.send(GattMessageType.ready);
  }

  receive({ type, numbers, values }: GattMessage): void {
    const [number = 0, first = 0] = numbers;
    const central = this.centrals.get(number);
    if (type === GattMessageType.advertise) this.advertise(values[0]!, values[1]!);
    else if (type === GattMessageType.stop) this.stopAdvertising();
    else if (type === GattMessageType.notify) central?.notify(this.characteristics[first]!, values[0]!);
    else if (type === GattMessageType.reply) central?.reply(first);
    else if (type === GattMessageType.close) this.close(central);
    else if (type === GattMessageType.written) central?.written();
    else if (type === GattMessageType.forget && this.latest?.number === number) this.forget(this.latest);
  }

  private get ioCapabilities(): number {
    return this.security >> OpenSecurity.ioShift;
  }

  private advertise(data: Uint8Array, response: Uint8Array): void {
    this.wantsAdvertising = true;
    this.manager?.setAdvertisingData(Buffer.from(data));
    this.manager?.setScanResponseData(Buffer.from(response));
    this.ensureAdvertising();
  }

  private stopAdvertising(): void {
    this.wantsAdvertising = false;
    this.isAdvertising = false;
    this.manager?.stopAdvertising();
  }

  private ensureAdvertising(): void {
    if (!this.wantsAdvertising || this.isAdvertising || this.centrals.size >= MAX_CONNECTIONS) return;
    this.isAdvertising = true;
    this.manager?.startAdvertising({ intervalMin: 32, intervalMax: 32 }, (status, connection) => {
      this.isAdvertising = false;
      if (status === 0) this.adopt(connection);
    });
  }

  private adopt(connection: Connection): void {
    const number = this.nextNumber;
    this.nextNumber += 1;
    const isBonded = this.bonds.find(peerOf(connection)) !== undefined;
    const central = new CentralHandle(this.board, number, connection, isBonded);
    this.latest = central;
    this.centrals.set(number, central);
    central.gate = new Gate({
      connection,
      bonds: this.bonds,
      demand: this.demand,
      ioCapabilities: this.ioCapabilities,
      bondsCount: 'paired',
      user: central.user,
      onSecured: (security) => central.secured(security),
      onRefused: (reason) => console.log(`refused: ${reason}`),
    });
    connection.on('disconnect', () => this.lose(central));
    setTimeout(() => this.askForSecurity(central), PATIENCE_MS);
    this.ensureAdvertising();
  }

  private askForSecurity({ connection, gate }: CentralHandle): void {
    if ((this.security & OpenSecurity.immediate) === 0) return;
    if (connection.disconnected || gate?.security !== undefined) return;
    connection.smp.sendSecurityRequest(
      (this.security & OpenSecurity.bond) !== 0,
      this.demand.authenticated,
      false,
    );
  }

  /** A connection that the board has closed is none of its any more: it does not hear of its end. */
  private lose(central: CentralHandle): void {
    this.dropBonds(central.connection);
    if (!this.centrals.delete(central.number)) return;
    this.board.send(GattMessageType.disconnected, [central.number]);
    this.ensureAdvertising();
  }

  private close(central: CentralHandle | undefined): void {
    if (central === undefined) return;
    this.centrals.delete(central.number);
    central.connection.disconnect(HciErrors.REMOTE_USER_TERMINATED_CONNECTION);
  }

  private forget({ connection }: CentralHandle): void {
    const peer = peerOf(connection);
    this.bonds.remove(peer);
    if (!connection.disconnected) connection.disconnect(HciErrors.REMOTE_USER_TERMINATED_CONNECTION);
    else this.manager?.removeBond(peer.addressType, peer.address);
  }

  /** A pairing that was refused leaves no key. The oldest bond makes room, as with NimBLE's round robin. */
  private dropBonds(connection: Connection): void {
    const peer = peerOf(connection);
    if (this.bonds.find(peer) === undefined) this.manager?.removeBond(peer.addressType, peer.address);
    for (const oldest of this.bonds.all.slice(0, -MAX_BONDS)) {
      this.bonds.remove(oldest);
      this.manager?.removeBond(oldest.addressType, oldest.address);
    }
  }

  private tellRoom(): void {
    for (const { number, room } of this.centrals.values())
      this.board.send(GattMessageType.room, [number, room]);
  }

  private characteristic(index: number, properties: number, uuid: Uint8Array): ServerCharacteristic {
    const find = (connection: Connection) => this.find(connection);
    const authorize = (connection: Connection, respond: (error: number) => void) => {
      const security = find(connection)?.gate?.security;
      const isAllowed =
        security !== undefined && ((properties & AUTHENTICATED) === 0 || security.authenticated);
      respond(isAllowed ? AttErrors.SUCCESS! : AttErrors.INSUFFICIENT_AUTHENTICATION!);
    };
    return {
      uuid: uuidText(uuid),
      properties: [
        ...((properties & NOTIFY) !== 0 ? ['notify'] : []),
        ...((properties & WRITE) !== 0 ? ['write'] : []),
      ],
      readPerm: 'not-permitted',
      writePerm: (properties & WRITE) !== 0 ? 'custom' : 'not-permitted',
      onAuthorizeWrite: authorize,
      onWrite: (connection, _needsResponse, value, respond) => find(connection)?.write(index, value, respond),
      ...((properties & NOTIFY) !== 0 && {
        descriptors: [{ uuid: CCCD, writePerm: 'custom', onAuthorizeWrite: authorize }],
        onSubscriptionChange: (connection: Connection, isOn: boolean) =>
          find(connection)?.subscribe(index, isOn),
      }),
    };
  }

  private find(connection: Connection): CentralHandle | undefined {
    return [...this.centrals.values()].find((central) => central.connection === connection);
  }
}

/** Without its stack a board is broken: whoever started both is told why. */
function fail(problem: string): never {
  console.error(problem);
  return process.exit(1);
}

function uuidText(uuid: Uint8Array): string {
  const hex = Buffer.from(uuid).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const [path = '', address = '', mtu = ''] = process.argv.slice(2);
let stack: Stack | undefined;

listenForBoard(
  (port) => console.log(port),
  (board, message) => {
    if (message.type !== GattMessageType.open) return stack?.receive(message);
    stack = new Stack(board, message);
    const largest = Math.min(message.numbers[0]!, Number(mtu));
    stack.start(path, address, largest, message.values[0]!).catch((error: Error) => fail(error.message));
  },
  (problem) => (problem === undefined ? process.exit(0) : fail(problem.message)),
);
