// SPDX-License-Identifier: Apache-2.0

/** A device on ble-host: what the questions of ble-host-end.ts do. One a process: its bonds lie in its folder. */
import bleHost, {
  type ClientCharacteristic,
  type Connection,
  type Manager,
  type PairingFeatures,
  type PairingResult,
  type ServerCharacteristic,
} from 'ble-host';
import { toHex } from '../../../src/bytes/hex.ts';
import { channelBinding } from '../../../src/node/ble/channel-binding.ts';
import { connectTransport } from '../../../src/node/ble/h4-socket.ts';
import type { Values } from '../end.ts';
import { Mailbox } from './mailbox.ts';
import uuids from './service.json' with { type: 'json' };

type Answer = (passkey?: string) => void;

const { AttErrors, BleManager, HciErrors, IOCapabilities, SmpErrors } = bleHost;
/** Milliseconds that anything may take. */
const PATIENCE = 20_000;

export class BleHostDevice {
  private readonly mailbox = new Mailbox<Values>();
  private manager: Manager | undefined;
  private connection: Connection | undefined;
  private features: PairingFeatures = {};
  private remote: ClientCharacteristic[] = [];
  private answerPrompt: Answer | undefined;
  private agrees = false;
  private readonly secured: ServerCharacteristic = {
    uuid: uuids.secured,
    properties: ['read', 'write', 'notify'],
    readPerm: 'encrypted',
    writePerm: 'encrypted',
    value: Buffer.from('secured'),
    onWrite: (_connection, _needsResponse, value, callback) => {
      this.mailbox.put('written', { value: value.toString('hex') });
      callback(AttErrors.SUCCESS!);
    },
  };

  /** `io`: a name of IOCapabilities. */
  async open({ socket, address, io }: Values): Promise<Values> {
    const transport = connectTransport(socket!);
    const ioCap = IOCapabilities[io!]!;
    this.features = { ioCap, mitm: ioCap !== IOCapabilities.NO_INPUT_NO_OUTPUT, sc: true, bondingFlags: 1 };
    this.manager = await new Promise<Manager>((resolve, reject) => {
      BleManager.create(transport, { staticRandomAddress: address! }, (error, manager) => {
        if (error) reject(error);
        else resolve(manager);
      });
    });
    // The controller goes with the process that serves it.
    this.manager.on('error', () => undefined);
    const open = { uuid: uuids.open, properties: ['read'], value: Buffer.from('open') };
    this.manager.gattDb.addServices([{ uuid: uuids.service, characteristics: [open, this.secured] }]);
    return {};
  }

  async advertise(): Promise<Values> {
    this.manager!.startAdvertising({}, (status, connection) => {
      if (status === 0) this.adopt(connection);
    });
    return {};
  }

  async connect({ peer }: Values): Promise<Values> {
    const settings = { connIntervalMin: 12, connIntervalMax: 12, supervisionTimeout: 300 };
    this.manager!.connect('random', peer!, settings, (connection) => this.adopt(connection));
    return this.connected();
  }

  connected(): Promise<Values> {
    return this.mailbox.take('connected', PATIENCE);
  }

  async pair(): Promise<Values> {
    this.connection!.smp.sendPairingRequest(this.features);
    return {};
  }

  prompt(): Promise<Values> {
    return this.mailbox.take('prompt', PATIENCE);
  }

  /** From now on, comparisons are answered with yes, and nobody is asked. */
  async agree(): Promise<Values> {
    this.agrees = true;
    return {};
  }

  /** `passkey` that was typed, or `confirm`: yes or no. */
  async answer({ passkey, confirm }: Values): Promise<Values> {
    if (confirm === 'no') this.connection!.smp.sendPairingFailed(SmpErrors.NUMERIC_COMPARISON_FAILED!);
    else this.answerPrompt!(passkey);
    return {};
  }

  /** `patience`: milliseconds, where they are fewer than usual. */
  async paired({ patience }: Values): Promise<Values> {
    const { failure, ...result } = await this.mailbox.take('paired', Number(patience ?? PATIENCE));
    if (failure !== undefined) throw new Error(failure);
    return result;
  }

  async encrypt(): Promise<Values> {
    this.connection!.smp.startEncryption();
    return this.encrypted();
  }

  async encrypted(): Promise<Values> {
    const { failure, ...result } = await this.mailbox.take('encrypted', PATIENCE);
    if (failure !== undefined) throw new Error(failure);
    return result;
  }

  async exchangeMtu(): Promise<Values> {
    const { gatt } = this.connection!;
    await new Promise<void>((resolve) => gatt.exchangeMtu(() => resolve()));
    return { mtu: String(gatt.currentMtu) };
  }

  async discover(): Promise<Values> {
    const { gatt } = this.connection!;
    this.remote = await new Promise((resolve) => {
      gatt.discoverServicesByUuid(uuids.service, 1, ([service]) => {
        service!.discoverCharacteristics(resolve);
      });
    });
    return { count: String(this.remote.length) };
  }

  async read({ uuid }: Values): Promise<Values> {
    return new Promise((resolve, reject) => {
      this.characteristic(uuid!).read((error, value) => {
        if (error !== AttErrors.SUCCESS) reject(new Error(AttErrors.toString(error)));
        else resolve({ value: value!.toString('hex') });
      });
    });
  }

  async write({ value }: Values): Promise<Values> {
    const write = this.characteristic('secured');
    await succeeds((done) => write.write(Buffer.from(value!, 'hex'), done));
    return {};
  }

  async subscribe(): Promise<Values> {
    const characteristic = this.characteristic('secured');
    characteristic.on('change', (value: Buffer) => {
      this.mailbox.put('notified', { value: value.toString('hex') });
    });
    await succeeds((done) => characteristic.writeCCCD(true, false, done));
    return {};
  }

  async notify({ value }: Values): Promise<Values> {
    const isSent = this.secured.notify!(this.connection!, Buffer.from(value!, 'hex'));
    if (!isSent) throw new Error('nobody has subscribed');
    return {};
  }

  notified(): Promise<Values> {
    return this.mailbox.take('notified', PATIENCE);
  }

  written(): Promise<Values> {
    return this.mailbox.take('written', PATIENCE);
  }

  async disconnect(): Promise<Values> {
    this.connection!.disconnect();
    return this.disconnected();
  }

  disconnected(): Promise<Values> {
    return this.mailbox.take('disconnected', PATIENCE);
  }

  private adopt(connection: Connection): void {
    this.connection = connection;
    this.mailbox.discard('paired');
    const { smp } = connection;
    connection.on('disconnect', (reason: number) =>
      this.mailbox.put('disconnected', { reason: HciErrors.toString(reason) }),
    );
    smp.on('pairingRequest', (_features: PairingFeatures, accept: (own: PairingFeatures) => void) =>
      accept(this.features),
    );
    smp.on('passkeyExchange', (model: number, passkey: string | null, answer: Answer) => {
      if (this.agrees) return answer();
      this.answerPrompt = answer;
      this.mailbox.put('prompt', promptOf(model, passkey));
    });
    smp.on('pairingComplete', ({ sc, mitm, bond, rspLtk }: PairingResult) => {
      const channel = toHex(channelBinding(rspLtk));
      this.mailbox.put('paired', { sc: String(sc), mitm: String(mitm), bond: String(bond), channel });
    });
    smp.on('pairingFail', (reason: number) =>
      this.mailbox.put('paired', { failure: SmpErrors.toString(reason) }),
    );
    smp.on('encrypt', (status: number) => {
      this.mailbox.put('encrypted', status === 0 ? {} : { failure: HciErrors.toString(status) });
    });
    this.mailbox.put('connected', {});
  }

  /** `name`: `open` or `secured`. */
  private characteristic(name: string): ClientCharacteristic {
    const uuid = uuids[name as keyof typeof uuids];
    return this.remote.find((known) => known.uuid === uuid)!;
  }
}

function promptOf(model: number, passkey: string | null): Values {
  if (passkey === null) return { kind: 'type' };
  const isComparison = model === bleHost.AssociationModels.NUMERIC_COMPARISON;
  return { kind: isComparison ? 'compare' : 'show', passkey };
}

function succeeds(act: (done: (error: number) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => {
      if (error === AttErrors.SUCCESS) resolve();
      else reject(new Error(AttErrors.toString(error)));
    });
  });
}
