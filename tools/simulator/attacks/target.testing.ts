// SPDX-License-Identifier: Apache-2.0

/** Test code: a network at work, with real links, whose PNEs are roles in this process. */
import { connectTcp } from '../../../src/node/tcp.ts';
import { compactPayloads } from '../../../src/payload/compact.ts';
import type { Reading } from '../input/row.ts';
import { Ledger } from '../ledger.ts';
import { type Network, startNetwork } from '../network.ts';
import { LiveTarget } from './live.ts';
import { Probe } from './probe.ts';
import type { Taps } from './target.ts';

const PNE_IDS = ['pne-1', 'pne-2'];
const READING_MS = 10;
/** Before a PNE connects again. */
const PAUSE_MS = 100;

export interface TestTarget {
  readonly target: LiveTarget;
  close(): Promise<void>;
}

/** Resolves when all PNEs are secured, and report. */
export async function startTarget(taps: Taps): Promise<TestTarget> {
  const ledger = new Ledger();
  const devices: Device[] = [];
  let secured = 0;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const network = await startNetwork({
    pneIds: PNE_IDS,
    algorithm: undefined,
    intervalMs: 0,
    taps,
    onAgreed({ name }): void {
      if (name === 'CPNS-3') secured += 1;
      if (secured === PNE_IDS.length) begin();
    },
    onReading(pne, reading): void {
      ledger.received(pne, reading.id, reading.payload);
      target.arrived({ pne, reading });
    },
    onRefused: (reason, pne, at) => target.refused({ reason, pne, at }),
    onHolder(): void {},
  });
  const find = (pne: string) => devices[PNE_IDS.indexOf(pne)]!;
  const target = new LiveTarget({
    ...{ network, taps, pneIds: PNE_IDS, radio: undefined, account: ledger },
    restart: (pne) => find(pne).start('stored'),
    rollBack: (pne) => find(pne).start('provisioned'),
  });
  devices.push(...PNE_IDS.map((_, index) => new Device(network, ledger, index)));
  for (const device of devices) await device.start('provisioned');
  await begun;
  return {
    target,
    async close(): Promise<void> {
      for (const device of devices) device.stop();
      await network.close();
    },
  };
}

/** A PNE that reports all the time, connects again when its link is lost, and starts as often as it is told to. */
class Device {
  private readonly network: Network;
  private readonly ledger: Ledger;
  private readonly index: number;
  private probe: Probe | undefined;
  private timer: NodeJS.Timeout | undefined;
  private line = 0;
  private epoch: number | undefined;
  private waiting: Reading[] = [];

  constructor(network: Network, ledger: Ledger, index: number) {
    this.network = network;
    this.ledger = ledger;
    this.index = index;
    ledger.add(this.id);
  }

  async start(store: 'stored' | 'provisioned'): Promise<void> {
    this.stop();
    if (store === 'provisioned') this.epoch = undefined;
    const probe = this.createProbe();
    this.probe = probe;
    this.waiting = this.ledger.restarted(this.id);
    this.timer = setInterval(() => this.report(probe), READING_MS);
    await this.connect(probe);
  }

  stop(): void {
    clearInterval(this.timer);
    const former = this.probe;
    this.probe = undefined;
    former?.close();
  }

  private get id(): string {
    return PNE_IDS[this.index]!;
  }

  private createProbe(): Probe {
    const { provider, pnes, gateway, server } = this.network.members;
    return new Probe({
      provider,
      identity: pnes[this.index]!,
      gateway: gateway.credential,
      server: server.credential,
      ...(this.epoch !== undefined && { epoch: this.epoch }),
      onBoot: (epoch) => {
        this.epoch = epoch;
      },
    });
  }

  private report({ pne }: Probe): void {
    if (pne.room === 0) return;
    const reading = this.waiting.shift() ?? this.next();
    this.ledger.given(this.id, reading);
    pne.report(compactPayloads.decode(reading.payload));
  }

  private next(): Reading {
    this.line += 1;
    return { line: this.line, payload: compactPayloads.encode({ pne: this.id, line: this.line }) };
  }

  private async connect(probe: Probe): Promise<void> {
    await connectTcp(this.network.gatewayPort, (link) => {
      const { onMessage, onClosed } = probe.attach(link);
      return {
        onMessage,
        onClosed: () => {
          onClosed();
          setTimeout(() => this.probe === probe && void this.connect(probe), PAUSE_MS);
        },
      };
    });
  }
}
