// SPDX-License-Identifier: Apache-2.0

/** A peer made by hand for tests: it keeps the rules of acknowledgement and says whatever it likes. */
import { type DeviceAddress, parseAddress } from './address.ts';
import { AdvertisingType, decodeAdvertisingPdu, encodeAdvertisingPdu } from './air/advertising-pdu.ts';
import type { Air } from './air/air.ts';
import type { HandHost } from './hand-host.testing.ts';
import type { DirectionCipher } from './link/cipher.ts';
import { decodeDataPdu } from './link/data-pdu.ts';
import { Delivery, type Outgoing } from './link/delivery.ts';

export interface Said {
  readonly llid: number;
  readonly payload: Uint8Array;
}

const ADDRESS: DeviceAddress = { type: 1, octets: parseAddress('C0:00:00:00:00:EE') };
const ACCESS_ADDRESS = 0x12345678;
/** Longer than two PDUs take, shorter than an event. */
const STEP = 5000;

export class RawPeer {
  /** What was heard, but for empty PDUs, decrypted where `receive` is set. */
  readonly heard: Said[] = [];
  transmit: DirectionCipher | undefined;
  receive: DirectionCipher | undefined;
  /** Whether it acknowledges. Without, the other end says the same again and again. */
  isDeaf = false;
  private readonly air: Air;
  private readonly delivery = new Delivery();
  private readonly queue: Said[] = [];
  private accessAddress = ACCESS_ADDRESS;
  private outward: 'toPeripheral' | 'toCentral' = 'toPeripheral';

  constructor(air: Air) {
    this.air = air;
  }

  /** Connects to a host that advertises. */
  connectTo(peripheral: HandHost): void {
    peripheral.advertise();
    const advertiser: DeviceAddress = { type: 0, octets: peripheral.address };
    const parameters = { accessAddress: ACCESS_ADDRESS, interval: 24, latency: 0, timeout: 200 };
    const pdu = { type: AdvertisingType.connect, initiator: ADDRESS, advertiser, ...parameters } as const;
    this.air.listen(ACCESS_ADDRESS, 'toCentral', (bytes) => this.hear(bytes));
    this.air.advertise({ hear: () => undefined }, encodeAdvertisingPdu(pdu));
    this.air.clock.run(STEP);
    this.say();
  }

  /** Lets a host connect to it, and answers from then on. */
  awaitCentral(central: HandHost): void {
    this.outward = 'toCentral';
    const radio = {
      hear: (bytes: Uint8Array) => {
        const pdu = decodeAdvertisingPdu(bytes);
        if (pdu.type !== AdvertisingType.connect) return;
        this.accessAddress = pdu.accessAddress;
        this.air.listen(pdu.accessAddress, 'toPeripheral', (data) => {
          this.hear(data);
          this.send();
        });
      },
    };
    this.air.attach(radio);
    central.connect(ADDRESS.octets, 24, 200, ADDRESS.type);
    const data = new Uint8Array(0);
    this.air.advertise(radio, encodeAdvertisingPdu({ type: 0, advertiser: ADDRESS, data }));
    this.air.clock.run(10 * STEP);
  }

  /** Says these one after the other, a central at once, a peripheral when it is asked. */
  say(...payloads: readonly (Said | Uint8Array)[]): void {
    for (const said of payloads)
      this.queue.push(said instanceof Uint8Array ? { llid: 3, payload: said } : said);
    const steps = Math.max(1, payloads.length);
    for (let step = 0; step < steps; step += 1) {
      if (this.outward === 'toPeripheral') this.send();
      this.air.clock.run(this.outward === 'toPeripheral' ? STEP : 7 * STEP);
    }
    if (this.outward === 'toPeripheral' && !this.isDeaf && payloads.length > 0) this.say();
  }

  /** What was heard as control PDUs, since it was last asked. */
  controls(): Uint8Array[] {
    return this.heard
      .splice(0)
      .filter(({ llid }) => llid === 3)
      .map(({ payload }) => payload);
  }

  private send(): void {
    const bytes = this.delivery.next(
      () => this.pick(),
      () => false,
    );
    this.air.send(this.accessAddress, this.outward, bytes);
  }

  private pick(): Outgoing | undefined {
    const said = this.queue.shift();
    if (said === undefined) return undefined;
    const payload = this.transmit?.seal(said.llid, said.payload) ?? said.payload;
    return { llid: said.llid, payload, onAcknowledged: () => undefined };
  }

  private hear(bytes: Uint8Array): void {
    const pdu = decodeDataPdu(bytes);
    this.delivery.acknowledge(pdu);
    if (this.isDeaf || !this.delivery.isNew(pdu)) return;
    this.delivery.accept();
    if (pdu.payload.length === 0) return;
    const payload = this.receive === undefined ? pdu.payload : this.receive.open(pdu.header, pdu.payload);
    if (payload === undefined) throw new Error('the controller has sent a wrong MIC');
    this.heard.push({ llid: pdu.llid, payload });
  }
}
