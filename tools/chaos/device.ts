// SPDX-License-Identifier: Apache-2.0

/** A simulated PNE: the real role, a store, and a link to one of the gateways that is made again when it is lost. */
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { Refusal } from '../../src/refusal.ts';
import type { InterfaceOptions } from '../../src/roles/interface.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';
import type { Outcome } from '../../src/roles/pne-readings.ts';
import type { BootFile } from './boot-file.ts';
import type { GatewayProcess } from './gateway-process.ts';
import type { Random } from './random.ts';
import type { Life } from './timeline.ts';
import { type Ether, Wire, type WireEnd } from './wire.ts';
import type { Witness } from './witness.ts';

export interface DeviceOptions {
  readonly ether: Ether;
  readonly witness: Witness;
  readonly random: Random;
  readonly pneId: string;
  readonly life: Life;
  readonly hop: InterfaceOptions;
  readonly endToEnd: InterfaceOptions;
  readonly file: BootFile;
  readonly gateways: readonly GatewayProcess[];
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
/** Readings wait for each other on some boots, so many at most, and so long. */
const GATHERED = 3;
const GATHERING_MS = 2000;

export class Device implements WireEnd {
  readonly life: Life;
  readonly pneId: string;
  readonly file: BootFile;
  wire: Wire | undefined;
  private readonly options: DeviceOptions;
  private pne: Pne | undefined;
  private link: Link | undefined;
  private place: number;
  private pauseMs = FIRST_PAUSE_MS;
  private reported = 0;
  private boots = 0;
  /** What the witness knows readings by that have no outcome yet, by handle. */
  private outstanding = new Map<number, string>();

  constructor(options: DeviceOptions) {
    this.options = options;
    this.life = options.life;
    this.pneId = options.pneId;
    this.file = options.file;
    this.place = options.random.whole(0, options.gateways.length - 1);
  }

  get isOn(): boolean {
    return this.pne !== undefined;
  }

  /** Whether it waits for nothing. */
  get isIdle(): boolean {
    return this.pne?.idle === true;
  }

  /** Whether it could report as much as when it started. */
  get isEmpty(): boolean {
    return this.outstanding.size === 0;
  }

  start(): void {
    const { hop, endToEnd, pneId } = this.options;
    const { keys } = this.file;
    this.pne = createPne({
      pneId,
      hop: { ...hop, resumption: keys.open(hop.name) },
      endToEnd: { ...endToEnd, resumption: keys.open(endToEnd.name) },
      after: this.options.ether.timeline.after(this.life),
      payloads: compactPayloads,
      boots: this.file.open(),
      onAgreed: ({ name }) => this.note(`agreed on ${name}`),
      onContent: (value) => this.show(value),
      onReceipt: (handle, outcome) => this.settle(handle, outcome),
      onRefused: (reason) => this.note(`refused: ${reason}`),
    });
    this.pne.gather(1 + (this.boots % GATHERED));
    this.boots += 1;
    this.pauseMs = FIRST_PAUSE_MS;
    this.connect();
  }

  /** Power is gone. Its peer hears of that at once, or only from the silence. */
  end(isHeard: boolean): void {
    this.life.kill();
    this.options.witness.interrupt(this.pneId);
    this.options.witness.lose(this.outstanding.values());
    this.outstanding = new Map();
    this.pne = undefined;
    this.link = undefined;
    if (isHeard) this.wire?.cut();
    else this.wire?.freeze();
    this.wire = undefined;
  }

  restart(): void {
    this.end(this.options.random.chance(0.5));
    this.options.ether.timeline.in(this.options.random.whole(100, 20_000), this.life, () => this.start());
  }

  /** Goes to another gateway; the former one hears of it or not. */
  roam(isHeard: boolean): void {
    const former = this.wire;
    this.place = (this.place + 1) % this.options.gateways.length;
    if (!this.isOn) return;
    if (isHeard) return former?.cut();
    former?.freeze();
    this.connect();
  }

  report(): void {
    if (this.pne === undefined || this.life.stoppedUntil > this.options.ether.timeline.now) return;
    const name = `reading ${this.reported} of ${this.life.name}`;
    const value = { of: this.life.name, number: this.reported, text: this.text() };
    try {
      const handle = this.pne.report(value);
      this.reported += 1;
      this.outstanding.set(handle, this.options.witness.report(this.pneId, name, value));
      this.note(`reports ${name}`);
      this.options.ether.timeline.in(GATHERING_MS, this.life, () => this.pne?.flush());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.reasonName !== 'queueFull') throw error;
    }
  }

  attach(link: Link): LinkEvents {
    this.link = link;
    const events = this.pne!.attach(link);
    const { timeline } = this.options.ether;
    const since = timeline.now;
    return {
      onMessage: (message) => events.onMessage(message),
      onClosed: () => {
        events.onClosed();
        if (this.link !== link) return;
        this.link = undefined;
        this.note('its link is gone');
        if (timeline.now - since > MAX_PAUSE_MS) this.pauseMs = FIRST_PAUSE_MS;
        this.connectLater();
      },
    };
  }

  private connect(): void {
    const gateway = this.options.gateways[this.place]!;
    if (!gateway.isOn) return this.connectLater();
    this.wire = new Wire(this.options.ether, gateway.pneSide, this);
  }

  /** Longer each time, and each time by chance. */
  private connectLater(): void {
    const { random, ether, gateways } = this.options;
    const wait = this.pauseMs + random.whole(0, this.pauseMs / 2);
    this.pauseMs = Math.min(MAX_PAUSE_MS, 2 * this.pauseMs);
    if (random.chance(0.1)) this.place = random.whole(0, gateways.length - 1);
    ether.timeline.in(wait, this.life, () => {
      if (this.link === undefined) this.connect();
    });
  }

  private settle(handle: number, outcome: Outcome): void {
    const key = this.outstanding.get(handle)!;
    this.outstanding.delete(handle);
    this.note(`${outcome}: handle ${handle}`);
    this.options.witness.settle(key, outcome);
  }

  private show(value: unknown): void {
    const { content } = value as { content: string };
    this.note(`is shown ${content}`);
    this.options.witness.show(this.pneId, content);
  }

  private text(): string {
    const { random } = this.options;
    return 'x'.repeat(random.chance(0.02) ? random.whole(0, 1000) : random.whole(0, 40));
  }

  private note(what: string): void {
    this.options.ether.chronicle.note(this.life.name, what);
  }
}
