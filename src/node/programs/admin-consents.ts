// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin`: how open something is, what owners are asked, and answers in their place. */
import { ADMINISTRATOR, type Answer, type Openness } from '../../authorization/decision.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import type { AskedOperation } from '../../roles/consent.ts';
import { answerQuestion, disclosureIn, forgetConsents, setOpenness } from '../consent-changes.ts';
import { type Consent, type Consents, readConsents } from '../consents.ts';
import { readAll } from '../devices.ts';
import type { KeyValueStore } from '../store/store.ts';
import { endOf, type Work } from './admin-grants.ts';
import { UsageError } from './config.ts';
import { wishOf } from './consents.ts';

const LEVELS: readonly string[] = Object.freeze(['open', 'ask', 'closed']);

/** `openness open|ask|closed DEVICE...`, with `--owner DEVICE` for who is asked in place of whoever administers. */
export async function openness(work: Work): Promise<void> {
  const { store, names, owner, say } = work;
  const [level = '', ...devices] = names;
  if (devices.length === 0)
    throw new UsageError('admin openness takes open, ask or closed, and names of devices');
  checkLevel(level);
  const known = (await readAll(store)).map(({ subject }) => subject);
  for (const id of owner === '' ? devices : [...devices, owner])
    if (!known.includes(id)) throw new UsageError(`no device is called ${id}`);
  for (const id of devices) {
    await setOpenness(store, now(), 'content-access', id, { openness: level, owner });
    say(`contents of ${id} are ${wordFor(level, owner)}`);
  }
}

/** `bridge-openness open|ask|closed`, at a gateway: of its PN. */
export async function bridgeOpenness({ store, names, say }: Work): Promise<void> {
  const [level = '', ...others] = names;
  if (others.length > 0) throw new UsageError('admin bridge-openness takes open, ask or closed');
  checkLevel(level);
  const rule = { openness: level, owner: ADMINISTRATOR };
  await setOpenness(store, now(), 'bridge-open', String(DEFAULT_PN), rule);
  say(`bridges are ${wordFor(level, ADMINISTRATOR)}`);
}

/** What waits for an answer, and what was answered and still counts. */
export async function asks({ store, say }: Work): Promise<void> {
  const consents = await readConsents(store);
  const rows = [...consents.rows.values()].filter(({ until }) => until > now());
  rows.sort((a, b) => a.number - b.number);
  for (const row of rows) say(lineFor(row, consents));
}

export const consent = (work: Work): Promise<void> => answerAll(work, 'consented');
/** An answer that was given is taken back by it, too. */
export const refuseAsks = (work: Work): Promise<void> => answerAll(work, 'refused');

async function answerAll({ store, names, days, say }: Work, answer: Answer): Promise<void> {
  if (names.length === 0) throw new UsageError('numbers of questions are needed: asks shows them');
  for (const word of names) {
    const number = /^\d{1,15}$/.test(word) ? Number(word) : 0;
    const given = { number, answer, until: endOf(days), by: ADMINISTRATOR };
    if ((await answerQuestion(store, given, now())) !== 'answered')
      throw new UsageError(`nothing was asked by number ${word}, or not any more: asks shows what was`);
    say(`${word} ${answer}`);
  }
}

/** Nobody is asked for it any more. What was answered counts if it is granted again. */
export function forgetQuestions(store: KeyValueStore, id: string, operation: AskedOperation): Promise<void> {
  const isGone = (row: Consent) => row.operation === operation && row.subject === id && row.state === 'asked';
  return forgetConsents(store, now(), isGone);
}

/** Another that comes under its name later is asked for anew. */
export function forgetSubject(store: KeyValueStore, id: string, operation: AskedOperation): Promise<void> {
  return forgetConsents(store, now(), (row) => row.operation === operation && row.subject === id);
}

/** How open its contents are stays: what comes under its name is not more open than it was. */
export function forgetDevice(store: KeyValueStore, id: string): Promise<void> {
  return forgetConsents(
    store,
    now(),
    ({ operation, target }) => operation === 'content-access' && target === id,
  );
}

function lineFor(row: Consent, consents: Consents): string {
  const { number, state, until } = row;
  const { owner } = disclosureIn(consents, row);
  const end = new Date(until * 1000).toISOString();
  const asked = owner === ADMINISTRATOR ? 'waits for an answer' : `waits for an answer of ${owner}`;
  return `${number} ${wishOf(row)}: ${state === 'asked' ? asked : state} until ${end}`;
}

function checkLevel(level: string): asserts level is Openness {
  if (!LEVELS.includes(level)) throw new UsageError(`${level} is none of open, ask and closed`);
}

function wordFor(level: Openness, owner: string): string {
  if (level === 'open') return 'open to whoever has a grant';
  if (level === 'closed') return 'closed';
  return `open where ${owner === ADMINISTRATOR ? 'whoever administers' : owner} consents`;
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
