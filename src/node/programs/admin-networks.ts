// SPDX-License-Identifier: Apache-2.0

/**
 * `pne-runtime admin pn`: what a gateway that runs asks its server for: PNs of its own, and those that it is to have.
 */
import { ImplementationLimits } from '../../limits.ts';
import { NodeLimits } from '../../node-limits.ts';
import { Refusal } from '../../refusal.ts';
import type { ServiceAnswer, Wish } from '../../roles/service-message.ts';
import {
  addAdminee,
  assignAdmin,
  changeAdmin,
  devicesIn,
  type FoundNetwork,
  listDevices,
  listNetworks,
  networksIn,
  type Page,
  referenceIn,
  releaseAdmin,
  releaseNetwork,
  removeMember,
  setUpNetwork,
  switchNetwork,
} from '../../roles/service-wishes.ts';
import { Status } from '../../roles/status.ts';
import { cancelOrder, type OrderAnswer, placeOrder, takeAnswer } from '../orders.ts';
import type { KeyValueStore } from '../store/store.ts';
import { pnIn } from './admin-gateways.ts';
import { UsageError } from './config.ts';

const POLL_MS = 50;

export interface NetworkWork {
  readonly store: KeyValueStore;
  /** An action, and what it is done to. */
  readonly names: readonly string[];
  say(line: string): void;
}

interface Action {
  /** What is said behind the word. */
  readonly form: string;
  /** How many words that is. */
  readonly least: number;
  readonly most: number;
  /** `after`: what the page before this one ended with. */
  wish(words: readonly string[], after?: string): Wish;
  told: Teller;
}

/** Says what was answered. Returns what to ask `after` for what is behind it; undefined: that is all. */
type Teller = (answer: ServiceAnswer, say: NetworkWork['say']) => string | undefined;

const { serviceMaxListed } = ImplementationLimits;

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['list', action('', 0, (_words, after = '0') => listNetworks(Number(after)), tellNetworks)],
  ['setup', action('NAME [DEVICE...]', 1, setUp, tellReference, 1 + serviceMaxListed)],
  ['setup-paired', action('NAME', 1, ([name = '']) => setUpNetwork(name, 'paired'), tellReference)],
  ['release', action('GROUP', 1, ([pn = '']) => releaseNetwork(pnIn(pn)))],
  ['switch', action('GROUP GATEWAY', 2, ([pn = '', name = '']) => switchNetwork(pnIn(pn), name), tellSwitch)],
  ['add', action('GROUP DEVICE', 2, ([pn = '', id = '']) => addAdminee(pnIn(pn), id))],
  ['remove', action('GROUP DEVICE', 2, ([pn = '', id = '']) => removeMember(pnIn(pn), id))],
  ['assign', action('GROUP DEVICE', 2, ([pn = '', id = '']) => assignAdmin(pnIn(pn), id))],
  ['unassign', action('GROUP DEVICE', 2, ([pn = '', id = '']) => releaseAdmin(pnIn(pn), id))],
  [
    'change',
    action('GROUP DEVICE DEVICE', 3, ([pn = '', from = '', to = '']) => changeAdmin(pnIn(pn), from, to)),
  ],
  ['devices', action('GROUP', 1, ([pn = ''], after) => listDevices(pnIn(pn), after), tellDevices)],
]);

/** The gateway asks while this waits: both on one store. */
export async function administerNetworks({
  store,
  names: [word = '', ...words],
  say,
}: NetworkWork): Promise<void> {
  const known = ACTIONS.get(word);
  if (known === undefined) throw new UsageError(`admin pn takes one of ${[...ACTIONS.keys()].join(', ')}`);
  const { form, least, most, wish, told } = known;
  if (words.length < least || words.length > most)
    throw new UsageError(`admin pn ${word} takes ${form === '' ? 'nothing more' : form}`);
  let after: string | undefined;
  do {
    const answer = await answerTo(store, wish(words, after));
    after = told({ serial: 0, ...answer }, say);
  } while (after !== undefined);
}

/** Throws where there is none, or it is a refusal. */
async function answerTo(
  store: KeyValueStore,
  wish: Wish,
): Promise<Pick<ServiceAnswer, 'status' | 'results'>> {
  const answer = await ordered(store, wish);
  if (answer === undefined)
    throw new Error(
      'no answer: start the gateway on this store, and its server. It may be done all the same',
    );
  if (answer.status !== Status.ok) throw new Error(`the server refuses: ${wordFor(answer.status)}`);
  return answer;
}

async function ordered(store: KeyValueStore, wish: Wish): Promise<OrderAnswer> {
  const number = await place(store, wish);
  const end = Date.now() + NodeLimits.orderSeconds * 1000;
  while (Date.now() < end) {
    const taken = await takeAnswer(store, number);
    if (taken !== undefined) return taken.answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await cancelOrder(store, number);
  return undefined;
}

function place(store: KeyValueStore, wish: Wish): Promise<number> {
  return placeOrder(store, wish, Math.floor(Date.now() / 1000)).catch((error: Error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Error('the gateway has too much to ask already: start it, or wait');
  });
}

function wordFor(status: number): string {
  const word = Object.entries(Status).find(([, code]) => code === status)?.[0] ?? String(status);
  const remedy = 'there, pne-runtime admin grant-gateway NAME --may OPERATION lets it';
  return word === 'notAuthorized' ? `${word}; ${remedy}` : word;
}

function action(
  form: string,
  least: number,
  wish: Action['wish'],
  told: Teller = tellDone,
  most = least,
): Action {
  return Object.freeze({ form, least, most, wish, told });
}

function setUp([name = '', ...ids]: readonly string[]): Wish {
  return setUpNetwork(name, ids.length === 0 ? 'own' : ids);
}

function tellDone(_answer: ServiceAnswer, say: NetworkWork['say']): undefined {
  say('done');
}

function tellSwitch(_answer: ServiceAnswer, say: NetworkWork['say']): undefined {
  say('it goes there as soon as that gateway is at the server, if the grants are the same then');
}

function tellReference(answer: ServiceAnswer, say: NetworkWork['say']): undefined {
  say(`${referenceIn(answer)} created`);
}

function tellNetworks(answer: ServiceAnswer, say: NetworkWork['say']): string | undefined {
  const { entries, next }: Page<FoundNetwork> = networksIn(answer);
  for (const { reference, name, members, isOwner, isMember, mayChoose, gateway } of entries) {
    const marks = [isOwner && 'owned', mayChoose && 'may be taken', isMember && 'here'].filter(Boolean);
    const place = gateway === '' ? '' : `  at ${gateway}`;
    say(`${reference}  PN ${name}  ${members} devices${place}  ${marks.join(', ')}`.trimEnd());
  }
  return next === 0 ? undefined : String(next);
}

function tellDevices(answer: ServiceAnswer, say: NetworkWork['say']): string | undefined {
  const { entries, next } = devicesIn(answer);
  for (const { pneId, isHere } of entries) say(`${pneId}${isHere ? '' : '  away'}`);
  return next === 0 ? undefined : entries.at(-1)?.pneId;
}
