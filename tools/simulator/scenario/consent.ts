// SPDX-License-Identifier: Apache-2.0

/** `--scenario consent`: an application would read what PNEs report, and one of them asks its user about it. */
import { NewsType } from '../../../firmware/orders/news-message.ts';
import { type Order, OrderKind } from '../../../firmware/orders/order-message.ts';
import { EntityPermission } from '../../../src/authorization/entity-access.ts';
import { ConsentWord, OPENNESS_WORDS } from '../../../src/roles/consent-message.ts';
import { arriveFrom, deliverAll } from './acts.ts';
import { APPLICATION, Reader, startApplication } from './application.ts';
import { Asker } from './asker.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

/** Readings of each PNE that show that it goes on. */
const SOME = 5;
const SECONDS = 3600;

export async function tellConsent(stage: Stage, story: Story): Promise<void> {
  const [owner, ...others] = stage.pneIds as [string, ...string[]];
  const asker = new Asker(stage, story);
  const reader = new Reader();
  await asker.begin();
  const openness = { kind: OrderKind.openness, word: OPENNESS_WORDS.indexOf('ask') } as const;
  await asker.has(owner, 'shows its contents where its user consents', openness);
  await startApplication(stage, reader);
  await may(stage, reader, owner, EntityPermission.consentRequired);
  const question = await questionTo(stage, owner);
  story.step(owner, `asks its user: may ${APPLICATION} read it? (question ${question})`);
  await arriveFrom(stage, stage.pneIds, SOME);
  await read(stage, story, reader, others);
  story.count('readBefore', reader.countOf(owner), 0);

  const answer = (word: number): Order => ({ kind: OrderKind.consent, question, word, seconds: SECONDS });
  await asker.has(owner, 'consents, for an hour', answer(ConsentWord.consented));
  await may(stage, reader, owner, EntityPermission.access);
  await read(stage, story, reader, [owner]);

  await asker.has(owner, 'takes that back', answer(ConsentWord.refused));
  const from = stage.pnes.get(owner)!.given;
  await may(stage, reader, owner, 0);
  const again = answer(ConsentWord.consented);
  await asker.lacks(owner, 'consents again to what it has refused', again, 'notAuthorized');
  await arriveFrom(stage, stage.pneIds, SOME);
  await deliverAll(stage, story, stage.pneIds);
  const after = (reader.numbers.get(owner) ?? []).filter((n) => n >= from).length;
  story.step(APPLICATION, `has read ${after} readings of ${owner} that came after that`);
  story.count('readAfter', after, 0);
  story.count('refused', asker.refused, 1);
}

function may(stage: Stage, reader: Reader, pne: string, permissions: number): Promise<void> {
  const holds = () => reader.permissions.get(pne) === permissions;
  return stage.until(holds, `what ${APPLICATION} may do with ${pne}`);
}

/** Its number. */
async function questionTo(stage: Stage, pne: string): Promise<number> {
  const { told } = stage.pnes.get(pne)!;
  const questions = () => told.filter((each) => each.type === NewsType.question);
  await stage.until(() => questions().length > 0, `a question to ${pne}`);
  return questions()[0]!.number;
}

/** Some more of each. */
async function read(stage: Stage, story: Story, reader: Reader, pnes: readonly string[]): Promise<void> {
  const due = new Map(pnes.map((pne) => [pne, reader.countOf(pne) + SOME]));
  await stage.until(
    () => pnes.every((pne) => reader.countOf(pne) >= due.get(pne)!),
    'readings at the application',
  );
  story.step(APPLICATION, `reads what ${pnes.join(', ')} report`);
}
