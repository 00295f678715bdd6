// SPDX-License-Identifier: Apache-2.0

/** The simulated CPNS Server: the real role and its store, and an owner who delivers contents. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import type { Link } from '../../src/link/link.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { type ReasonName, Refusal } from '../../src/refusal.ts';
import { ControlKind } from '../../src/roles/gateway-control.ts';
import { createGatewayLinks, type GatewayLinks } from '../../src/roles/gateway-links.ts';
import type { InterfaceOptions } from '../../src/roles/interface.ts';
import type { PeerRecord } from '../../src/roles/peer-record.ts';
import { ResumptionTable } from '../../src/roles/resumption-keys.ts';
import { createServer, type Server } from '../../src/roles/server.ts';
import { Database, type Snapshot } from './database.ts';
import type { Random } from './random.ts';
import type { Life } from './timeline.ts';
import { Violation } from './violation.ts';
import type { Ether, Wire, WireEnd } from './wire.ts';
import type { Witness } from './witness.ts';

export interface ServerProcessOptions {
  readonly ether: Ether;
  readonly witness: Witness;
  readonly random: Random;
  readonly life: Life;
  /** Whether nobody alters anything. */
  readonly isHonest: boolean;
  readonly endToEnd: InterfaceOptions;
  readonly toGateways: InterfaceOptions;
  readonly pneIds: readonly string[];
}

const MAX_RESUMPTIONS = 64;

export class ServerProcess {
  readonly life: Life;
  readonly gatewaySide: WireEnd;
  readonly database: Database;
  private readonly options: ServerProcessOptions;
  /** PNEs that are withdrawn: they are stored. */
  readonly withdrawn = new Set<string>();
  private server: Server | undefined;
  /** They outlast a restart, as the rest of its store does. */
  private resumptions = new ResumptionTable({ maxPeers: MAX_RESUMPTIONS });
  private links: GatewayLinks | undefined;
  private delivered = 0;
  /** Contents by PNE and ticket, as they were stored last. */
  private readonly tickets = new Map<string, string>();
  /** Contents that the server has not said yet whether it took. */
  private taking = new Set<string>();

  constructor(options: ServerProcessOptions) {
    this.options = options;
    this.life = options.life;
    const { ether, random } = options;
    this.gatewaySide = { life: this.life, attach: (link: Link) => this.links!.attach(link) };
    this.database = new Database({
      timeline: ether.timeline,
      random: random.fork(),
      life: this.life,
      onStored: (pneId, record, added, replaced) => this.stored(pneId, record, added, replaced),
    });
  }

  get isOn(): boolean {
    return this.server !== undefined;
  }

  start(): void {
    this.server = createServer({
      endToEnd: { ...this.options.endToEnd, resumptions: this.resumptions },
      after: this.options.ether.timeline.after(this.life),
      store: this.database.open(),
      grants: lastingMembership(this.options.pneIds),
      pn: DEFAULT_PN,
      onAgreed: ({ peer }) => this.note(`agreed with ${peer.subject}`),
      onRegistered: (pneId) => this.note(`${pneId} registers`),
      onReading: (pneId, { id }) => this.note(`has a reading of ${pneId}, id ${id.toString(16)}`),
      onContentSettled: (pneId, ticket, outcome) => {
        const name = this.tickets.get(`${pneId} ${ticket}`)!;
        this.note(`${outcome}: ${name}`);
        this.options.witness.settleContent(name, outcome);
      },
      onRefused: (reason, pneId) => this.refused(reason, pneId ?? 'somebody'),
    });
    this.links = this.createLinks(this.server);
  }

  /** One that never was: whether its gateways are told of it is all that matters. */
  withdraw(): void {
    const pneId = `withdrawn-${this.withdrawn.size}`;
    this.withdrawn.add(pneId);
    this.links?.state({ kind: ControlKind.withdrawn, pneId });
  }

  /** Its process ends, with its links. */
  end(wires: readonly Wire[], isHeard: boolean): void {
    this.life.kill();
    this.server = undefined;
    this.links = undefined;
    for (const wire of wires) {
      if (isHeard) wire.cut();
      else wire.freeze();
    }
    const stored = new Set(this.options.pneIds.flatMap((pneId) => this.queued(pneId)));
    for (const name of this.taking) if (!stored.has(name)) this.options.witness.loseContent(name);
    this.taking = new Set();
  }

  restart(wires: readonly Wire[]): void {
    const { random, ether } = this.options;
    this.end(wires, random.chance(0.5));
    ether.timeline.in(random.whole(100, 20_000), this.life, () => this.start());
  }

  /** Ends it, and puts an earlier state of its store, or none, in the place of the present one. */
  restore(snapshot: Snapshot, wires: readonly Wire[]): void {
    this.restart(wires);
    this.resumptions = new ResumptionTable({ maxPeers: MAX_RESUMPTIONS });
    const { pneIds, witness } = this.options;
    const present = this.database.snapshot();
    const before = new Set(pneIds.flatMap((pneId) => this.queued(pneId)));
    witness.restore(pneIds, present, snapshot);
    this.database.restore(snapshot);
    const after = new Set(pneIds.flatMap((pneId) => this.queued(pneId)));
    for (const name of before) if (!after.has(name)) witness.loseContent(name);
    for (const name of after) witness.reviveContent(name);
    for (const pneId of pneIds) this.learnTickets(pneId, this.database.record(pneId));
  }

  deliver(pneId: string): void {
    if (this.server === undefined || this.life.stoppedUntil > this.options.ether.timeline.now) return;
    const name = `content ${this.delivered} for ${pneId}`;
    this.delivered += 1;
    // It may be taken, or not, within the call.
    this.taking.add(name);
    this.options.witness.deliver(pneId, name);
    try {
      this.server.deliver(pneId, { content: name }, (ticket) => {
        this.taking.delete(name);
        if (ticket === undefined) this.options.witness.loseContent(name);
      });
      this.note(`is to deliver ${name}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.taking.delete(name);
      this.options.witness.loseContent(name);
    }
  }

  /** Names of contents that wait in the store. */
  queued(pneId: string): string[] {
    const { contents } = this.database.record(pneId) ?? { contents: [] };
    return contents.map(({ payload }) => nameIn(payload));
  }

  private createLinks({ attachGateway }: Server): GatewayLinks {
    const links = createGatewayLinks({
      own: this.options.toGateways,
      after: this.options.ether.timeline.after(this.life),
      onSecured: attachGateway,
      onAgreed: ({ peer }) => this.note(`agreed with ${peer.subject}`),
      onRefused: (reason, gateway) => this.refused(reason, gateway ?? 'somebody'),
    });
    for (const pneId of this.withdrawn) links.state({ kind: ControlKind.withdrawn, pneId });
    return links;
  }

  /** Whoever sends under keys of an earlier session does not spend failed openings of somebody else's. */
  private refused(reason: ReasonName, of: string): void {
    this.note(`refused: ${reason} of ${of}`);
    // A message_3 that comes late fails too, and is of no harm.
    if (this.life.failedOpenings > 0 && this.options.isHonest)
      throw new Violation('the server fails to open a record that nobody altered');
  }

  private stored(
    pneId: string,
    record: PeerRecord,
    added: readonly string[],
    replaced: readonly string[],
  ): void {
    this.learnTickets(pneId, record);
    this.options.witness.store(pneId, added, replaced);
  }

  private learnTickets(pneId: string, record: PeerRecord | undefined): void {
    for (const { ticket, payload } of record?.contents ?? [])
      this.tickets.set(`${pneId} ${ticket}`, nameIn(payload));
  }

  private note(what: string): void {
    this.options.ether.chronicle.note('server', what);
  }
}

function nameIn(payload: Uint8Array): string {
  return (compactPayloads.decode(payload) as { content: string }).content;
}
