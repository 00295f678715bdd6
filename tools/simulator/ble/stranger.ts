// SPDX-License-Identifier: Apache-2.0

/**
 * A program: a device that wants in. ble-host without our gate, so that it takes whatever a victim offers,
 * and with its own PDUs of pairing changed on their way to the controller, as its mischief has it.
 */
import { EventEmitter } from 'node:events';
import bleHost, {
  type ClientCharacteristic,
  type Connection,
  type Manager,
  type PairingFeatures,
  type PairingResult,
  type ServerCharacteristic,
  type Transport,
} from 'ble-host';
import { BleUuid } from '../../../src/link/ble.ts';
import { connectTransport } from '../../../src/node/ble/h4-socket.ts';
import { Mailbox } from '../../interop/ble/mailbox.ts';
import type { Values } from '../../interop/end.ts';
import { serveLines } from '../../interop/lines.ts';

const { AttErrors, BleManager, HciErrors, SmpErrors } = bleHost;
const PATIENCE_MS = 20_000;
/** In an ACL packet with a whole PDU of SMP. */
const SMP_AT = 9;
const RANDOM = 4;
const FAILED = 5;
const PUBLIC_KEY = 0x0c;
const VALUE_BYTES = 16;
const mailbox = new Mailbox<Values>();
let manager: Manager | undefined;
let connection: Connection | undefined;
let features: PairingFeatures = {};
/** Whether it pairs when it is asked to. */
let isWilling = true;
let uplink: ServerCharacteristic | undefined;
let found: [ClientCharacteristic, ClientCharacteristic] | undefined;
let answerPrompt: ((passkey?: string) => void) | undefined;
/** The public key of the victim, as it came. */
let seenKey: Buffer | undefined;

/** What is done to a PDU of pairing before it is sent: changed as it is, or another returned. */
const MISCHIEF: Readonly<Record<string, (smp: Buffer) => Buffer | undefined>> = Object.freeze({
  none: () => undefined,
  legacy(smp) {
    if (smp[0] === 1 || smp[0] === 2) smp[3]! &= ~0x08;
    return undefined;
  },
  reflect(smp) {
    if (smp[0] === PUBLIC_KEY) seenKey?.copy(smp);
    return undefined;
  },
  offCurve(smp) {
    if (smp[0] === PUBLIC_KEY) smp[64]! ^= 1;
    return undefined;
  },
  /** Goes on where its own stack gives up, so that it is the victim who has to notice. */
  bluff(smp) {
    return smp[0] === FAILED ? Buffer.concat([Buffer.of(RANDOM), Buffer.alloc(VALUE_BYTES)]) : undefined;
  },
});

serveLines({
  async open({ socket, address, io, mitm, keySize, mischief, key, willing }) {
    isWilling = willing !== 'no';
    seenKey = key === undefined ? undefined : Buffer.from(key, 'hex');
    features = {
      ioCap: Number(io),
      mitm: mitm === 'yes',
      sc: true,
      bondingFlags: 1,
      maxKeySize: Number(keySize ?? 16),
      initKeyDistr: { encKey: false, idKey: false },
      rspKeyDistr: { encKey: false, idKey: false },
    };
    const transport = corrupted(connectTransport(socket!), MISCHIEF[mischief ?? 'none']!);
    manager = await new Promise<Manager>((resolve, reject) => {
      BleManager.create(transport, { staticRandomAddress: address! }, (error, created) => {
        if (error) reject(error);
        else resolve(created);
      });
    });
    manager.on('error', () => undefined);
    return {};
  },
  async connect({ peer }) {
    const settings = { connIntervalMin: 12, connIntervalMax: 12, supervisionTimeout: 300 };
    manager!.connect('random', peer!, settings, adopt);
    return mailbox.take('connected', PATIENCE_MS);
  },
  advertise() {
    uplink = {
      uuid: BleUuid.uplink,
      properties: ['notify'],
      onSubscriptionChange: () => mailbox.put('subscribed', {}),
    };
    const downlink = {
      uuid: BleUuid.downlink,
      properties: ['write'],
      onWrite: (_: Connection, __: boolean, value: Buffer, done: (error: number) => void) => {
        mailbox.put('written', { value: value.toString('hex') });
        done(AttErrors.SUCCESS!);
      },
    };
    manager!.gattDb.addServices([{ uuid: BleUuid.service, characteristics: [uplink, downlink] }]);
    const uuid = Buffer.from(BleUuid.service.replaceAll('-', ''), 'hex').reverse();
    manager!.setAdvertisingData(Buffer.from([2, 1, 6, 17, 7, ...uuid]));
    advertiseOnce();
    return {};
  },
  pair() {
    connection!.smp.sendPairingRequest(features);
    return {};
  },
  encrypt() {
    connection!.smp.startEncryption();
    return {};
  },
  type({ passkey }) {
    answerPrompt!(passkey);
    return {};
  },
  agree() {
    answerPrompt!();
    return {};
  },
  /** The peripheral's. */
  askForSecurity() {
    connection!.smp.sendSecurityRequest(true, features.mitm === true, false);
    return {};
  },
  take: ({ kind }) => mailbox.take(kind!, PATIENCE_MS),
  /** The central's: hears the victim's uplink from now on. */
  async subscribe() {
    await whileConnected<void>((resolve) => connection!.gatt.exchangeMtu(() => resolve()));
    found = await discover();
    found[0].on('change', (value: Buffer) => mailbox.put('notified', { value: value.toString('hex') }));
    return { error: await errorOf((done) => found![0].writeCCCD(true, false, done)) };
  },
  /** The central's, once it has subscribed. */
  write: async ({ value }) => ({
    error: await errorOf((done) => found![1].write(Buffer.from(value!, 'hex'), done)),
  }),
  /** The peripheral's. */
  notify({ value }) {
    uplink!.notify!(connection!, Buffer.from(value!, 'hex'));
    return {};
  },
  /** Everything that a stranger may try with the service. */
  async probe() {
    const [uplink, downlink] = await discover();
    const write = await errorOf((done) => downlink.write(Buffer.from('c000ff', 'hex'), done));
    const subscribe = await errorOf((done) => uplink.writeCCCD(true, false, done));
    const read = await errorOf((done) => downlink.read(done));
    // No response comes to it: it is tried, and what the victim makes of it is the victim's to say.
    downlink.writeWithoutResponse(Buffer.from('c000fe', 'hex'));
    return { write, subscribe, read };
  },
  /** The victim's public key, for another attacker to use. */
  seenKey: () => ({ key: seenKey!.toString('hex') }),
  /** What ble-host itself says of the connection. */
  level() {
    const level = connection!.smp.currentEncryptionLevel;
    return { mitm: String(level?.mitm), keySize: String(level?.keySize) };
  },
});

function adopt(opened: Connection): void {
  connection = opened;
  const { smp } = opened;
  opened.on('disconnect', (reason: number) => {
    mailbox.put('disconnected', { reason: HciErrors.toString(reason) });
  });
  smp.on('pairingRequest', (_: PairingFeatures, accept: (own: PairingFeatures) => void) => {
    if (isWilling) accept(features);
  });
  smp.on('passkeyExchange', (_: number, passkey: string | null, answer: (passkey?: string) => void) => {
    answerPrompt = answer;
    mailbox.put('prompt', { passkey: passkey ?? '' });
  });
  smp.on('pairingComplete', ({ mitm }: PairingResult) => mailbox.put('paired', { mitm: String(mitm) }));
  smp.on('pairingFail', (reason: number) => mailbox.put('failed', { reason: SmpErrors.toString(reason) }));
  smp.on('encrypt', (status: number) => mailbox.put('encrypted', { status: HciErrors.toString(status) }));
  mailbox.put('connected', {});
}

function advertiseOnce(): void {
  manager!.startAdvertising({ intervalMin: 32, intervalMax: 32 }, (status, opened) => {
    if (status !== 0) return;
    adopt(opened);
    opened.on('disconnect', advertiseOnce);
  });
}

function discover(): Promise<[ClientCharacteristic, ClientCharacteristic]> {
  return whileConnected((resolve) => {
    connection!.gatt.discoverServicesByUuid(BleUuid.service, 1, ([service]) => {
      service!.discoverCharacteristics((found) => {
        const find = (uuid: string) => found.find((each) => each.uuid.toLowerCase() === uuid)!;
        resolve([find(BleUuid.uplink), find(BleUuid.downlink)]);
      });
    });
  });
}

function errorOf(act: (done: (error: number) => void) => void): Promise<string> {
  return whileConnected((resolve) => act((error) => resolve(AttErrors.toString(error))));
}

function whileConnected<T>(act: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const lose = () => reject(new Error('the victim has hung up'));
    connection!.once('disconnect', lose);
    act((value) => {
      connection!.removeListener('disconnect', lose);
      resolve(value);
    });
  });
}

function corrupted(transport: Transport, change: (smp: Buffer) => void): Transport {
  const between = new EventEmitter();
  transport.on('data', (packet: Buffer) => {
    if (isSmp(packet) && packet[SMP_AT] === PUBLIC_KEY) seenKey = Buffer.from(packet.subarray(SMP_AT));
    between.emit('data', packet);
  });
  return Object.assign(between, {
    write(packet: Buffer): void {
      const copy = Buffer.from(packet);
      const smp = isSmp(copy) ? change(copy.subarray(SMP_AT)) : undefined;
      transport.write(smp === undefined ? copy : withSmp(copy, smp));
    },
  });
}

/** The packet with another PDU of SMP in it. */
function withSmp(packet: Buffer, smp: Buffer): Buffer {
  const changed = Buffer.concat([packet.subarray(0, SMP_AT), smp]);
  changed.writeUInt16LE(smp.length + 4, 3);
  changed.writeUInt16LE(smp.length, 5);
  return changed;
}

function isSmp(packet: Buffer): boolean {
  return packet[0] === 2 && packet.length > SMP_AT && packet.readUInt16LE(7) === 6;
}
