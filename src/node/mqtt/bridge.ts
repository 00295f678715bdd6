// SPDX-License-Identifier: Apache-2.0

/** What an external entity reads, at an MQTT broker; and commands from there to PNEs. */
import { EntityPermission } from '../../authorization/entity-access.ts';
import type { After, RunningTimer } from '../../link/timer.ts';
import { NodeLimits } from '../../node-limits.ts';
import { Refusal } from '../../refusal.ts';
import type { DroppedReadings } from '../../roles/entity-message.ts';
import type { EntityOutcome } from '../../roles/entity-requests.ts';
import type { ExternalEntity, ReceivedReading } from '../../roles/external-entity.ts';
import { jsonOf } from '../reading-lines.ts';
import type { Broker } from './broker.ts';
import {
  type DiscoveryOptions,
  discoveryMessage,
  discoveryTopic,
  type Fields,
  withFieldsOf,
} from './discovery.ts';
import { bridgeTopic, commandedPne, pneTopic } from './topics.ts';

export interface BridgeOptions {
  readonly broker: Broker;
  readonly entity: Pick<ExternalEntity, 'deliver'>;
  readonly after: After;
  /** Milliseconds since 1970. */
  now(): number;
  readonly prefix: string;
  /** Without it Home Assistant is told nothing. */
  readonly discovery: DiscoveryOptions | undefined;
  /** How long after its last reading a PNE counts as there, in milliseconds. */
  readonly offlineAfterMs: number;
  /** A command was not passed on, for this reason. */
  onRefused(pneId: string | undefined, reason: string): void;
}

/** What is known of a PNE. */
interface Known {
  permissions: number;
  fields: Fields;
  availability: 'online' | 'offline' | undefined;
  /** To the moment when it counts as away. */
  timer: RunningTimer | undefined;
}

type CommandOutcome = EntityOutcome | 'serverAway';

export class Bridge {
  private readonly options: BridgeOptions;
  private readonly pnes = new Map<string, Known>();
  private isServerThere = false;

  constructor(options: BridgeOptions) {
    this.options = options;
  }

  /** With the server or the broker there or away: what is retained at the broker says so. */
  serverIsThere(isThere: boolean): void {
    this.isServerThere = isThere;
    this.tellAvailability();
  }

  /** The will was published when the former connection was lost, and a broker may have forgotten what it kept. */
  brokerIsThere(): void {
    this.tellAvailability();
    for (const [pneId, { availability }] of this.pnes) {
      if (availability !== undefined) this.state(pneId, availability);
      this.discover(pneId);
    }
  }

  device(pneId: string, permissions: number): void {
    const known = this.pnes.get(pneId);
    const isUsable = (permissions & (EntityPermission.access | EntityPermission.deliver)) !== 0;
    if (!isUsable) return this.forget(pneId);
    if (known === undefined) {
      this.pnes.set(pneId, { permissions, fields: new Map(), availability: undefined, timer: undefined });
      this.expectReading(pneId, this.options.offlineAfterMs);
    } else known.permissions = permissions;
    this.discover(pneId);
  }

  /** `taken` once the broker has it. */
  reading({ pneId, id, arrived, value }: ReceivedReading, taken: () => void): void {
    const { broker, prefix } = this.options;
    this.isHeard(pneId, arrived, value);
    const time = new Date(arrived).toISOString();
    const payload = `{"id":${id},"time":"${time}","value":${jsonOf(value)}}`;
    broker.keep(pneTopic(prefix, pneId, 'reading'), payload, taken);
  }

  dropped({ pneId, ...dropped }: DroppedReadings, taken: () => void): void {
    const { broker, prefix } = this.options;
    broker.publish(pneTopic(prefix, pneId, 'dropped'), JSON.stringify(dropped), taken);
  }

  /** One that the broker has retained was meant for another time. */
  command(topic: string, payload: Uint8Array, isRetained: boolean): void {
    const pneId = commandedPne(this.options.prefix, topic);
    if (pneId === undefined) return this.options.onRefused(undefined, 'unknownTopic');
    if (isRetained) return this.options.onRefused(pneId, 'retained');
    const value = readJson(payload);
    if (value === undefined) return this.settled(pneId, 'badRequest');
    try {
      this.options.entity.deliver(pneId, value, (outcome) => this.settled(pneId, outcome));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.settled(pneId, outcomeOf(error));
    }
  }

  close(): void {
    for (const { timer } of this.pnes.values()) timer?.cancel();
  }

  private settled(pneId: string, outcome: CommandOutcome): void {
    const { broker, prefix, onRefused } = this.options;
    if (outcome !== 'delivered') onRefused(pneId, outcome);
    // A topic of a name that no PNE has would be anybody's to make.
    if (!this.pnes.has(pneId)) return;
    broker.publish(pneTopic(prefix, pneId, 'outcome'), JSON.stringify({ outcome }), () => {});
  }

  private tellAvailability(): void {
    const { broker, prefix } = this.options;
    broker.state(bridgeTopic(prefix), this.isServerThere ? 'online' : 'offline');
  }

  private isHeard(pneId: string, arrived: number, value: unknown): void {
    const known = this.pnes.get(pneId);
    if (known === undefined) return;
    const { offlineAfterMs, now } = this.options;
    const left = Math.min(arrived + offlineAfterMs - now(), offlineAfterMs);
    if (left > 0) {
      if (known.availability !== 'online') this.become(pneId, 'online');
      this.expectReading(pneId, left);
    }
    const fields = withFieldsOf(known.fields, value);
    if (fields === known.fields) return;
    known.fields = fields;
    this.discover(pneId);
  }

  private expectReading(pneId: string, milliseconds: number): void {
    const known = this.pnes.get(pneId);
    known?.timer?.cancel();
    if (known !== undefined)
      known.timer = this.options.after(milliseconds, () => this.become(pneId, 'offline'));
  }

  private become(pneId: string, availability: 'online' | 'offline'): void {
    this.pnes.get(pneId)!.availability = availability;
    this.state(pneId, availability);
  }

  private state(pneId: string, availability: string): void {
    const { broker, prefix } = this.options;
    broker.state(pneTopic(prefix, pneId, 'availability'), availability);
  }

  private discover(pneId: string): void {
    const { broker, discovery } = this.options;
    const { fields, permissions } = this.pnes.get(pneId)!;
    if (discovery === undefined) return;
    const isCommanded = (permissions & EntityPermission.deliver) !== 0;
    // Home Assistant keeps nothing of a device without components, and of one that is only expected nothing is known.
    if (fields.size === 0 && !isCommanded) return;
    broker.state(discoveryTopic(discovery, pneId), discoveryMessage(discovery, pneId, fields, isCommanded));
  }

  /** Nothing of it stays at the broker. */
  private forget(pneId: string): void {
    const { broker, prefix, discovery } = this.options;
    this.pnes.get(pneId)?.timer?.cancel();
    this.pnes.delete(pneId);
    if (discovery !== undefined) broker.state(discoveryTopic(discovery, pneId), '');
    this.state(pneId, '');
    broker.keep(pneTopic(prefix, pneId, 'reading'), '', () => {});
  }
}

function readJson(payload: Uint8Array): unknown {
  if (payload.length > NodeLimits.bridgeMaxCommandBytes) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as unknown;
  } catch {
    return undefined;
  }
}

function outcomeOf({ reasonName }: Refusal): CommandOutcome {
  if (reasonName === 'linkClosed') return 'serverAway';
  return reasonName === 'queueFull' ? 'busy' : 'badRequest';
}
