// SPDX-License-Identifier: Apache-2.0

/** Watches a run for its page: the air, the links of PNEs, and the records of server and gateway. */
import type { PageFeed } from '../../../src/node/page/feed.ts';
import { observeRecords } from '../../../src/node/page/trace/record-tap.ts';
import type { Stage } from '../../../src/node/page/trace/stage.ts';
import { ReadingTracer, stage } from '../../../src/node/page/trace/tracer.ts';
import type { Radio } from '../ble/radio.ts';
import type { NetworkOptions } from '../network-options.ts';
import { AIR_STAGES, AirWatch } from './air-watch.ts';
import type { CarriedValue } from './att-values.ts';
import { HciWatch } from './hci-watch.ts';
import { HopWatch, type Way } from './hop-watch.ts';

const [, HANDSHAKES, READINGS] = AIR_STAGES;

export class RunWatch {
  readonly tracer = new ReadingTracer();
  private readonly feed: PageFeed;
  private readonly radio: Radio | undefined;
  private readonly air: AirWatch;
  private readonly hci: HciWatch;
  private readonly hop: HopWatch;
  /** Messages of each handshake so far, by PNE and handshake. */
  private readonly counts = new Map<string, number>();

  /** `radio` undefined: PNEs come by streams. */
  constructor(feed: PageFeed, radio: Radio | undefined) {
    this.feed = feed;
    this.radio = radio;
    this.air = new AirWatch({
      nameOf: (address) => this.nameOf(address) ?? address,
      onConnecting: (pne) => feed.step(pne, 'the gateway connects'),
    });
    this.hci = new HciWatch((accessAddress) => this.air.addressOf(accessAddress));
    this.hop = new HopWatch({
      onLink: (address) => this.linked(this.nameOf(address)),
      onHandshake: (address, name, way, length) => this.handshake(this.nameOf(address), name, way, length),
      onRelayed: (message, way, stages) =>
        way === 'up' ? this.tracer.onTheWay(message, stages) : this.tracer.onTheWayBack(message, stages),
      carried: (address, message) => this.hci.valuesOf(address, message).flatMap(stagesOf),
      carriedDown: (address, message, then) =>
        this.hci.whenWritten(address, message, (values) => then(values.flatMap(stagesOf))),
    });
    radio?.air.tap(this.air.tap);
    radio?.air.tap(this.hci.tap);
    radio?.watchHost(this.hci);
  }

  readonly watch: NonNullable<NetworkOptions['watch']> = (provider, entity) =>
    observeRecords(provider, entity === 'server' ? this.tracer.server : this.hop.gateway);

  readonly onLink: NonNullable<NetworkOptions['onLink']> = (link, attach) => this.hop.attach(link, attach);

  /** CPNS-3 of a PNE is secured. */
  secured(pne: string): void {
    this.air.enter(pne, READINGS);
    this.show(pne);
  }

  /** Shows what is counted of a PNE. */
  show(pne: string): void {
    if (this.radio !== undefined) this.feed.air(pne, this.air.of(pne));
  }

  private nameOf(address: string | undefined): string | undefined {
    return address === undefined ? undefined : this.radio?.nameOf(address);
  }

  private linked(pne: string | undefined): void {
    if (pne === undefined) return;
    this.feed.step(pne, 'paired: the link is encrypted, by a key that the passkey confirmed');
    this.air.enter(pne, HANDSHAKES);
    for (const name of ['joining', 'CPNS-1', 'CPNS-3']) this.counts.delete(`${pne} ${name}`);
    this.show(pne);
  }

  private handshake(pne: string | undefined, name: string, way: Way, length: number): void {
    if (pne === undefined) return;
    const key = `${pne} ${name}`;
    const number = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, number);
    this.feed.step(pne, `EDHOC ${name} message_${number} ${ARROWS[way]} ${length} bytes`);
  }
}

function stagesOf({ value, flights }: CarriedValue): Stage[] {
  const onTheAir = flights.map((pdu) => stage('air', 'PDU on the air', 'Bluetooth LE', pdu));
  return [stage('value', 'value of ATT', 'Bluetooth LE', value), ...onTheAir];
}

const ARROWS: Readonly<Record<Way, string>> = { up: 'from the PNE,', down: 'to the PNE,' };
