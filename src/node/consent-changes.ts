// SPDX-License-Identifier: Apache-2.0

/** What is done to questions and answers of owners, and to how open something is. It takes place when it is stored. */
import { ADMINISTRATOR, type Answer, type Openness } from '../authorization/decision.ts';
import { fromHex } from '../bytes/hex.ts';
import { NodeLimits } from '../node-limits.ts';
import type { AskedOperation, Question } from '../roles/consent.ts';
import {
  type Consent,
  type Consents,
  changeConsents,
  consentPut,
  type Disclosure,
  disclosureName,
  disclosurePut,
  nameOf,
  OPEN,
} from './consents.ts';
import type { KeyValueStore } from './store/store.ts';

const { consentMaxAskedBySubject, consentMaxAsked, consentMaxKept, consentAskSeconds } = NodeLimits;

/** Whether there is room for one more question of this subject, which was not asked or whose answer is over. */
function mayAsk({ rows }: Pick<Consents, 'rows'>, question: Question, now: number): boolean {
  const known = rows.get(nameOf(question));
  if (known !== undefined && known.until > now) return false;
  const kept = [...rows.values()].filter(({ until }) => until > now);
  const asked = kept.filter(({ state }) => state === 'asked');
  const isOfSubject = (each: Consent) =>
    each.subject === question.subject && each.operation === question.operation;
  return (
    kept.length < consentMaxKept &&
    asked.length < consentMaxAsked &&
    asked.filter(isOfSubject).length < consentMaxAskedBySubject
  );
}

/** Returns whether it is asked now, and was not before. `now`: seconds since 1970. */
export async function askOwner(store: KeyValueStore, question: Question, now: number): Promise<boolean> {
  const made = await changeConsents(store, now, (consents) => {
    if (!mayAsk(consents, question, now)) return undefined;
    const highest = consents.highest + 1;
    const { operation, subject, target } = question;
    const until = now + consentAskSeconds;
    return {
      highest,
      puts: [consentPut({ operation, subject, target, number: highest, state: 'asked', until })],
    };
  });
  return made !== undefined;
}

/**
 * The same of what has this owner, as is said elsewhere. Where it was another before, what he was asked and has
 * answered goes.
 */
export async function askOwnerOf(
  store: KeyValueStore,
  question: Question,
  owner: string,
  now: number,
): Promise<boolean> {
  const { operation, subject, target } = question;
  const made = await changeConsents(store, now, (consents) => {
    const known = disclosureIn(consents, question);
    const isHis = known.openness === 'ask' && known.owner === owner;
    const isFormer = (each: Consent) => !isHis && each.operation === operation && each.target === target;
    const rows = new Map([...consents.rows].filter(([, each]) => !isFormer(each)));
    if (!mayAsk({ rows }, question, now)) return undefined;
    const highest = consents.highest + 1;
    const until = now + consentAskSeconds;
    const asked = consentPut({ operation, subject, target, number: highest, state: 'asked', until });
    const his = isHis ? [] : [disclosurePut(operation, target, { ...known, openness: 'ask', owner })];
    const gone = [...consents.rows.keys()].filter((name) => !rows.has(name) && name !== nameOf(question));
    return { highest, puts: [...his, asked], deletes: gone.map((name) => fromHex(name)) };
  });
  return made !== undefined;
}

/** `unknown`: no such question, or not any more. `foreign`: not his to answer. `final`: he has refused it before. */
export type Answered = 'answered' | 'unknown' | 'foreign' | 'final';

export interface AnswerTo {
  readonly number: number;
  readonly answer: Answer;
  /** Seconds since 1970. */
  readonly until: number;
  /** Whoever answers: the owner, who has refused for good what he has refused; or who administers, by ADMINISTRATOR. */
  readonly by: string;
  /** Only where it is so still, else it is `final`; the same answer counts until the new time then. */
  readonly from?: Consent['state'];
}

/** The same answer again changes nothing. */
export async function answerQuestion(
  store: KeyValueStore,
  { number, answer, until, by, from }: AnswerTo,
  now: number,
): Promise<Answered> {
  let answered: Answered = 'unknown';
  await changeConsents(store, now, (consents) => {
    const known = [...consents.rows.values()].find((each) => each.number === number && each.until > now);
    answered = judge(consents, known, answer, by);
    if (known !== undefined && from !== undefined && known.state !== from) answered = 'final';
    const isSame = known?.state === answer && from === undefined;
    if (known === undefined || answered !== 'answered' || isSame) return undefined;
    return { puts: [consentPut({ ...known, state: answer, until })] };
  });
  return answered;
}

/** What came late must not undo a refusal: a number that was refused stays so for its owner. */
function judge(consents: Consents, known: Consent | undefined, answer: Answer, by: string): Answered {
  if (known === undefined) return 'unknown';
  if (by === ADMINISTRATOR) return 'answered';
  if (by !== disclosureIn(consents, known).owner) return 'foreign';
  return known.state === 'refused' && answer === 'consented' ? 'final' : 'answered';
}

export function disclosureIn(
  { disclosures }: Pick<Consents, 'disclosures'>,
  { operation, target }: Pick<Question, 'operation' | 'target'>,
): Disclosure {
  return disclosures.get(disclosureName(operation, target)) ?? OPEN;
}

/** As whoever administers says; who owns it is asked from now on. */
export async function setOpenness(
  store: KeyValueStore,
  now: number,
  operation: AskedOperation,
  target: string,
  { openness, owner }: Pick<Disclosure, 'openness' | 'owner'>,
): Promise<void> {
  await changeConsents(store, now, (consents) => {
    const known = disclosureIn(consents, { operation, target });
    return { puts: [disclosurePut(operation, target, { ...known, openness, owner })] };
  });
}

export interface OwnOpenness {
  readonly pneId: string;
  readonly openness: Openness;
  /** The boot of the PNE, and which of its messages about this in that boot. */
  readonly boot: number;
  readonly serial: number;
}

/**
 * As a PNE says of its own contents: it becomes their owner, unless it is said who that is. Returns whether it may. An
 * older message than the last changes nothing.
 */
export async function setOwnOpenness(
  store: KeyValueStore,
  now: number,
  { pneId, ...own }: OwnOpenness,
): Promise<boolean> {
  let isOwner = false;
  await changeConsents(store, now, (consents) => {
    const known = consents.disclosures.get(disclosureName('content-access', pneId));
    isOwner = known === undefined || known.owner === pneId;
    const isOld =
      known !== undefined &&
      (own.boot < known.boot || (own.boot === known.boot && own.serial <= known.serial));
    if (!isOwner || isOld) return undefined;
    return { puts: [disclosurePut('content-access', pneId, { ...own, owner: pneId })] };
  });
  return isOwner;
}

/** Nothing is asked or answered of these any more: they, or what they were about, are gone. */
export async function forgetConsents(
  store: KeyValueStore,
  now: number,
  isGone: (consent: Consent) => boolean,
): Promise<void> {
  await changeConsents(store, now, ({ rows }) => {
    const gone = [...rows].filter(([, consent]) => isGone(consent));
    return gone.length === 0 ? undefined : { deletes: gone.map(([name]) => fromHex(name)) };
  });
}
