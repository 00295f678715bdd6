// SPDX-License-Identifier: Apache-2.0

/** A PNE that an application tells, over CPNS-5 and CPNS-3, to say something to a group, and who has to hear it. */
import type { NodeEntity } from '../../../src/node/external-entity.ts';
import { SERVER, type Stage } from './stage.ts';
import type { StagePne } from './stage-pne.ts';
import type { Story } from './story.ts';

/** Nothing else on its way to a PNE that sends no readings is that long. */
const SAID_BYTES = 200;

export class Speaker {
  private readonly stage: Stage;
  private readonly story: Story;
  private readonly group: number;
  private readonly application: NodeEntity;
  private readonly due = new Map<string, number>();
  private pne!: StagePne;
  private gateways: readonly string[] = [];

  constructor(stage: Stage, story: Story, group: number, application: NodeEntity) {
    this.stage = stage;
    this.story = story;
    this.group = group;
    this.application = application;
  }

  /** It sends no readings any more. `gateways`: all that there are. */
  async begin(id: string, gateways: readonly string[]): Promise<void> {
    this.pne = this.stage.pnes.get(id)!;
    this.gateways = gateways;
    this.pne.end();
    await this.stage.until(() => this.pne.figures.done, `receipts of ${id}`);
  }

  /** These have to hear it, and nobody else has to. */
  async say(what: string, listeners: readonly string[]): Promise<void> {
    this.tell(what);
    await this.hear(what, listeners, 'with the server');
  }

  /** The same while the gateways' links to the server are away. What it has to say was on its way to it before. */
  async sayWithoutServer(what: string, listeners: readonly string[]): Promise<void> {
    const { stage, pne, gateways } = this;
    pne.passage.hold();
    this.tell(what);
    await stage.until(() => pne.passage.heldBytes >= SAID_BYTES, `what ${pne.id} is to say`);
    const away = gateways.map((at) => ({ at, event: 'server-away' }));
    await stage.whenDone(() => stage.backbone.cut(), away);
    pne.passage.release();
    await this.hear(what, listeners, 'without the server');
    const back = [...stage.pnes.keys()].map((pne) => ({ at: SERVER, event: 'registered', facts: { pne } }));
    await stage.whenDone(() => stage.backbone.mend(), back);
  }

  /** How often these have read something, all together. */
  count(name: string, listeners: readonly string[]): void {
    const sum = (of: (id: string) => number) => listeners.reduce((all, id) => all + of(id), 0);
    this.story.count(
      name,
      sum((id) => this.contentsOf(id)),
      sum((id) => this.due.get(id) ?? 0),
    );
  }

  private tell(what: string): void {
    const value = what.padEnd(SAID_BYTES);
    this.application.deliver(this.pne.id, { publish: this.group, value }, () => undefined);
  }

  private async hear(what: string, listeners: readonly string[], how: string): Promise<void> {
    for (const id of listeners) this.due.set(id, (this.due.get(id) ?? 0) + 1);
    const isHeard = () => listeners.every((id) => this.contentsOf(id) >= this.due.get(id)!);
    const who = listeners.join(', ');
    await this.stage.until(isHeard, `'${what}' at ${who}`);
    this.story.step(this.pne.id, `says '${what}' ${how}: ${who} read it`);
  }

  private contentsOf(id: string): number {
    return this.stage.pnes.get(id)!.figures.contents;
  }
}
