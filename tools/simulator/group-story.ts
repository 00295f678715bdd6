// SPDX-License-Identifier: Apache-2.0

/**
 * What a run shows of groups: the first PNE makes one, all others join it, the first says something to it, the last
 * leaves, and the first says something again, which the one that left cannot read.
 */
import type { GroupRecord } from '../../src/roles/group-record.ts';
import type { PneFigures } from './figures.ts';
import type { GroupMembers } from './group-members.ts';
import type { Network } from './network.ts';
import type { Population } from './population.ts';

/** A content to a group is sent once, and who is not there does not get it: then it is said again. */
const REPEAT_MS = 3000;
const NAME = 'everyone';

export interface GroupStoryOptions {
  readonly network: Pick<Network, 'keys' | 'publish'>;
  /** Those that are there at the beginning are to be in it. */
  readonly population: Pick<Population, 'figures'>;
  readonly members: GroupMembers;
  say(line: string): void;
  onProblem(problem: string): void;
  onDone(): void;
}

/** What comes next, in this order. */
type Chapter = 'begin' | 'first content' | 'leave' | 'second content' | 'end';

export class GroupStory {
  private readonly options: GroupStoryOptions;
  private readonly pnes: readonly PneFigures[];
  private readonly readBefore = new Map<string, number>();
  private chapter: Chapter = 'begin';
  private leaver = '';
  private reference = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: GroupStoryOptions) {
    this.options = options;
    this.pnes = [...options.population.figures];
  }

  get isDone(): boolean {
    return this.chapter === 'end';
  }

  get group(): GroupRecord | undefined {
    return this.options.network.keys.groups.find(({ reference }) => reference === this.reference);
  }

  start(): void {
    this.timer = setInterval(() => this.repeat(), REPEAT_MS);
    this.begin().catch((error: Error) => this.options.onProblem(`group ${NAME}: ${error.message}`));
  }

  private async begin(): Promise<void> {
    const { members } = this.options;
    const { ids } = this;
    this.reference = await members.create(NAME, ids);
    this.proceed();
    await Promise.all(ids.slice(1).map((id) => members.join(NAME, id)));
  }

  /** Those that have not gone. */
  private get ids(): string[] {
    const { figures } = this.options.population;
    return this.pnes.filter((each) => figures.includes(each)).map(({ id }) => id);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** A member has a key, or has read something. */
  proceed(): void {
    if (this.chapter === 'begin' && this.allAreIn() && this.allHaveKey())
      this.show('first content', this.keyLine(this.options.members.begun(this.ids)));
    else if (this.chapter === 'first content' && this.allHaveRead()) this.leave();
    else if (this.chapter === 'leave' && this.allHaveKey())
      this.show('second content', this.keyLine(`${this.leaver} ${this.options.members.left}`));
    else if (this.chapter === 'second content' && this.allHaveRead()) this.end();
  }

  /** Members, in the order in which they came: one may have been removed. */
  private get present(): PneFigures[] {
    const ids = this.group?.members.map(({ pneId }) => pneId) ?? [];
    return this.pnes.filter(({ id }) => ids.includes(id));
  }

  private allAreIn(): boolean {
    return this.present.length === this.ids.length;
  }

  private allHaveKey(): boolean {
    const { group } = this;
    return (
      group !== undefined && this.options.network.keys.holders(this.reference).length === group.members.length
    );
  }

  private readers(): PneFigures[] {
    return this.present.slice(1);
  }

  private allHaveRead(): boolean {
    return this.readers().every(({ id, contents }) => contents > (this.readBefore.get(id) ?? 0));
  }

  private keyLine(what: string): string {
    const { name, key, members } = this.group!;
    const have = members.length === 1 ? '1 member has' : `${members.length} members have`;
    return `group ${this.reference} ${name}  ${what}; epoch ${key.epoch}, ${have} its key`;
  }

  private show(next: Chapter, line: string): void {
    this.options.say(line);
    for (const { id, contents } of this.pnes) this.readBefore.set(id, contents);
    this.chapter = next;
    this.repeat();
    this.proceed();
  }

  private repeat(): void {
    if (this.chapter !== 'first content' && this.chapter !== 'second content') return;
    const [first, ...readers] = this.present;
    if (first !== undefined && readers.length > 0)
      this.options.network.publish(first.id, this.reference, this.chapter);
  }

  private leave(): void {
    this.sayRead();
    const [last] = this.readers().slice(-1);
    if (last === undefined) return this.finish();
    this.chapter = 'leave';
    this.leaver = last.id;
    this.options.members
      .leave(this.reference, last.id)
      .catch((error: Error) => this.options.onProblem(`group ${NAME}: ${error.message}`));
  }

  private end(): void {
    this.sayRead();
    this.finish();
  }

  private sayRead(): void {
    const [first, ...readers] = this.present;
    if (first === undefined || readers.length === 0) return;
    const count = readers.length;
    this.options.say(`group ${this.reference} ${NAME}  content of ${first.id}, read by ${count} more`);
  }

  private finish(): void {
    this.chapter = 'end';
    this.stop();
    this.options.onDone();
  }
}
