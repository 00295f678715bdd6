// SPDX-License-Identifier: Apache-2.0

/** What the browser knows of the network, and how it hears of more. */
import type {
  AttackView,
  EntityView,
  EventView,
  GroupView,
  InterfaceView,
  PageChange,
  PageStart,
  QuestionView,
} from '../state.ts';
import { type AwayReason, followProgram } from './program.ts';

/** Events that are shown at most. */
const MAX_EVENTS = 200;

export interface View {
  readonly title: string;
  /** Undefined while the program is there. */
  readonly away: AwayReason | undefined;
  /** Names of what may be done from here. */
  readonly actions: readonly string[];
  readonly entities: ReadonlyMap<string, EntityView>;
  readonly interfaces: ReadonlyMap<string, InterfaceView>;
  readonly groups: readonly GroupView[];
  readonly questions: readonly QuestionView[];
  readonly events: readonly EventView[];
  readonly attacks: ReadonlyMap<string, AttackView>;
  /** How often a reading of a PNE has arrived while this page looked. */
  readonly arrivals: ReadonlyMap<string, number>;
}

export const NOTHING: View = {
  title: 'Personal network',
  away: 'gone',
  actions: [],
  entities: new Map(),
  interfaces: new Map(),
  groups: [],
  questions: [],
  events: [],
  attacks: new Map(),
  arrivals: new Map(),
};

/** After a drawing, the page does other things for so many times as long. */
const REST = 4;

/**
 * Calls `show` with each new view, at most once a frame, and less often where that takes long: then it gets several
 * changes at once. The page comes back by itself when the program does.
 */
export function followNetwork(show: (view: View) => void): void {
  let view = NOTHING;
  let isAsked = false;
  let restMs = 0;
  const draw = () => {
    isAsked = false;
    const start = performance.now();
    show(view);
    restMs = REST * (performance.now() - start);
  };
  const become = (next: View) => {
    view = next;
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => requestAnimationFrame(draw), restMs);
  };
  void followProgram({
    onEvent: (name, data) =>
      become(name === 'state' ? begun(data as PageStart) : changed(view, data as PageChange)),
    onAway: (away) => become({ ...view, away }),
  });
}

function begun({ title, actions, entities, interfaces, events, attacks, ...lists }: PageStart): View {
  return {
    title,
    away: undefined,
    actions,
    entities: new Map(entities.map((entity) => [entity.id, entity])),
    interfaces: new Map(interfaces.map((each) => [keyOf(each), each])),
    groups: lists.groups,
    questions: lists.questions,
    events,
    attacks: new Map(attacks.map((each) => [each.name, each])),
    arrivals: new Map(),
  };
}

function changed(view: View, change: PageChange): View {
  const arrivals = new Map(view.arrivals);
  for (const id of change.arrived) arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
  const isThere = ({ id }: { readonly id: string }) => !change.removed.includes(id);
  const areSame = change.interfaces.length === 0 && change.removed.length === 0;
  const entities = [...view.entities.values()].filter(isThere);
  const interfaces = [...view.interfaces.values()].filter(({ from }) => isThere({ id: from }));
  return {
    ...view,
    away: undefined,
    entities: byKey([...entities, ...change.entities], ({ id }) => id),
    interfaces: areSame ? view.interfaces : byKey([...interfaces, ...change.interfaces], keyOf),
    groups: change.groups ?? view.groups,
    questions: change.questions ?? view.questions,
    events: [...view.events, ...change.events].slice(-MAX_EVENTS),
    attacks: new Map([...view.attacks, ...change.attacks.map((each) => [each.name, each] as const)]),
    arrivals,
  };
}

/** A later one takes the place of the former. */
function byKey<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [keyOfItem(item), item]));
}

function keyOf({ name, from }: InterfaceView): string {
  return `${name} ${from}`;
}
