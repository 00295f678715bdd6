// SPDX-License-Identifier: Apache-2.0

/** Keeps what the page shows, bounded, and tells whoever looks what has changed: many changes at a time. */
import { ImplementationLimits } from '../../limits.ts';
import type {
  AirView,
  AttackView,
  CodeView,
  EntityKind,
  EntityView,
  EventView,
  GroupView,
  InterfaceView,
  PageChange,
  PageState,
  QuestionView,
} from './state.ts';

/** Events and numbers of one field that are kept. */
const MAX_EVENTS = 200;
const MAX_NUMBERS = 60;
/** Fields of a PNE that are drawn, and characters of its last reading. */
const MAX_FIELDS = 8;
const MAX_LAST = 400;
/** Steps of a PNE on its way to its first reading. */
const MAX_STEPS = 32;
/** Ids of readings in one boot (src/limits.ts). */
const { maxReadingsPerBoot } = ImplementationLimits;

export interface Viewer {
  /** Called after a change, once until the viewer has taken it. */
  onChange(): void;
}

/** What a viewer has not taken yet. */
interface Backlog {
  readonly entities: Set<string>;
  readonly interfaces: Set<string>;
  readonly arrived: Set<string>;
  readonly attacks: Set<string>;
  readonly removed: Set<string>;
  areGroupsNew: boolean;
  areQuestionsNew: boolean;
  /** Events up to this number it has. */
  seen: number;
  isTold: boolean;
}

type Figures = Partial<Pick<EntityView, 'status' | 'sent' | 'received' | 'refused'>>;

const NOTHING = Object.freeze({
  ...{
    sent: undefined,
    received: 0,
    refused: 0,
    last: '',
    lastId: undefined,
    boot: undefined,
    code: undefined,
  },
  steps: [],
  air: [],
  series: {},
});

export class PageFeed {
  private readonly title: string;
  private readonly now: () => number;
  private readonly entities = new Map<string, EntityView>();
  private readonly interfaces = new Map<string, InterfaceView>();
  private readonly attacks = new Map<string, AttackView>();
  private readonly firstSteps = new Map<string, number>();
  private readonly viewers = new Map<Viewer, Backlog>();
  private groups: readonly GroupView[] = [];
  private questions: readonly QuestionView[] = [];
  private events: EventView[] = [];
  private happened = 0;

  constructor(title: string, now: () => number) {
    this.title = title;
    this.now = now;
  }

  get state(): PageState {
    const { title, groups, questions, events, happened } = this;
    return {
      title,
      groups,
      questions,
      events,
      happened,
      entities: [...this.entities.values()],
      interfaces: [...this.interfaces.values()],
      attacks: [...this.attacks.values()],
    };
  }

  /** From now on. Returns what takes the changes so far, undefined where there are none. */
  join(viewer: Viewer): () => PageChange | undefined {
    const backlog: Backlog = {
      entities: new Set(),
      interfaces: new Set(),
      arrived: new Set(),
      attacks: new Set(),
      removed: new Set(),
      areGroupsNew: false,
      areQuestionsNew: false,
      seen: this.happened,
      isTold: false,
    };
    this.viewers.set(viewer, backlog);
    return () => this.take(backlog);
  }

  leave(viewer: Viewer): void {
    this.viewers.delete(viewer);
  }

  add(id: string, kind: EntityKind, place: string): void {
    this.put({ ...NOTHING, id, kind, place, status: kind === 'pne' ? 'waiting' : 'secured' });
  }

  has(id: string): boolean {
    return this.entities.has(id);
  }

  /** It is gone, with its interfaces. */
  remove(id: string): void {
    if (!this.entities.delete(id)) return;
    this.firstSteps.delete(id);
    for (const [key, { from, to }] of this.interfaces)
      if (from === id || to === id) this.interfaces.delete(key);
    this.tell((backlog) => {
      backlog.entities.delete(id);
      backlog.removed.add(id);
    });
  }

  /** Something happened on the way of a PNE to its first reading. A step is taken once. */
  step(id: string, name: string): void {
    const entity = this.entities.get(id);
    if (entity === undefined || entity.steps.length >= MAX_STEPS) return;
    if (entity.steps.some((step) => step.name === name)) return;
    const now = this.now();
    if (!this.firstSteps.has(id)) this.firstSteps.set(id, now);
    this.put({ ...entity, steps: [...entity.steps, { name, after: now - this.firstSteps.get(id)! }] });
  }

  air(id: string, air: readonly AirView[]): void {
    const entity = this.entities.get(id);
    if (entity !== undefined) this.put({ ...entity, air });
  }

  setGroups(groups: readonly GroupView[]): void {
    this.groups = groups;
    this.tell((backlog) => {
      backlog.areGroupsNew = true;
    });
  }

  setQuestions(questions: readonly QuestionView[]): void {
    this.questions = questions;
    this.tell((backlog) => {
      backlog.areQuestionsNew = true;
    });
  }

  /** Nothing happens where there is no such entity. */
  figures(id: string, figures: Figures): void {
    const entity = this.entities.get(id);
    if (entity === undefined) return;
    const changed = Object.entries(figures).some(([name, value]) => entity[name as keyof Figures] !== value);
    if (changed) this.put({ ...entity, ...figures });
  }

  /** A PNE is to join by a code; without one it has. */
  code(id: string, code: CodeView | undefined): void {
    const entity = this.entities.get(id);
    if (entity !== undefined) this.put({ ...entity, code });
  }

  /** A reading of a PNE has arrived at the server. */
  reading(id: string, value: unknown, lastId: number): void {
    const entity = this.entities.get(id);
    if (entity === undefined) return;
    const text = JSON.stringify(value) ?? '';
    const last = text.length > MAX_LAST ? `${text.slice(0, MAX_LAST)}...` : text;
    const series = withNumbers(entity.series, value);
    this.tell((backlog) => backlog.arrived.add(id));
    const boot = Math.floor(lastId / maxReadingsPerBoot);
    const status = entity.status === 'waiting' ? 'secured' : entity.status;
    this.put({ ...entity, status, last, lastId, boot, series });
  }

  agreed(view: InterfaceView): void {
    const key = `${view.name} ${view.from}`;
    this.interfaces.set(key, view);
    this.tell((backlog) => backlog.interfaces.add(key));
    this.figures(view.from, { status: 'secured' });
  }

  attack(view: AttackView): void {
    this.attacks.set(view.name, view);
    this.tell((backlog) => backlog.attacks.add(view.name));
  }

  event(kind: EventView['kind'], entity: string | undefined, text: string): void {
    this.happened += 1;
    const event = { number: this.happened, time: this.now(), entity, kind, text };
    this.events = [...this.events.slice(1 - MAX_EVENTS), event];
    this.tell(() => {});
  }

  private put(entity: EntityView): void {
    this.entities.set(entity.id, entity);
    this.tell((backlog) => backlog.entities.add(entity.id));
  }

  private tell(note: (backlog: Backlog) => void): void {
    for (const [viewer, backlog] of this.viewers) {
      note(backlog);
      if (backlog.isTold) continue;
      backlog.isTold = true;
      viewer.onChange();
    }
  }

  private take(backlog: Backlog): PageChange | undefined {
    if (!backlog.isTold) return undefined;
    const change = {
      entities: [...backlog.entities].map((id) => this.entities.get(id)!),
      interfaces: [...backlog.interfaces].flatMap((key) => this.interfaces.get(key) ?? []),
      removed: [...backlog.removed],
      groups: backlog.areGroupsNew ? this.groups : undefined,
      questions: backlog.areQuestionsNew ? this.questions : undefined,
      events: this.events.filter(({ number }) => number > backlog.seen),
      happened: this.happened,
      arrived: [...backlog.arrived],
      attacks: [...backlog.attacks].map((name) => this.attacks.get(name)!),
    };
    const { entities, interfaces, arrived, removed, attacks } = backlog;
    for (const each of [entities, interfaces, arrived, removed, attacks]) each.clear();
    backlog.areGroupsNew = false;
    backlog.areQuestionsNew = false;
    backlog.seen = this.happened;
    backlog.isTold = false;
    return change;
  }
}

/** Fields that are numbers, the first few of them; a reading that is one is a field without a name. */
function withNumbers(series: EntityView['series'], value: unknown): EntityView['series'] {
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [['', value] as const];
  const next = { ...series };
  for (const [name, number] of fields) {
    if (typeof number !== 'number' || !Number.isFinite(number)) continue;
    const known = next[name];
    if (known === undefined && Object.keys(next).length >= MAX_FIELDS) continue;
    next[name] = [...(known ?? []).slice(1 - MAX_NUMBERS), number];
  }
  return next;
}
