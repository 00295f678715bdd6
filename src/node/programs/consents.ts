// SPDX-License-Identifier: Apache-2.0

/** Questions to owners at a program that runs, and what was answered. */
import { ADMINISTRATOR } from '../../authorization/decision.ts';
import type { AskedOperation, Question } from '../../roles/consent.ts';
import { type HeldConsents, openConsents } from '../held-consents.ts';
import type { QuestionView } from '../page/state.ts';
import type { KeyValueStore } from '../store/store.ts';
import type { Log } from './log.ts';

/** In words. */
export function wishOf({ subject, operation, target }: Question): string {
  return `${subject} ${WISHES[operation]} ${target}`;
}

const WISHES: Readonly<Record<AskedOperation, string>> = Object.freeze({
  'content-access': 'wants to read',
  'bridge-open': 'wants a bridge to PN',
});

export function questionView({ question, owner }: HeldConsents['waiting'][number]): QuestionView {
  const { number } = question;
  return { number, text: wishOf(question), owner: owner === ADMINISTRATOR ? undefined : owner };
}

export function openProgramConsents(
  store: KeyValueStore,
  log: Log,
  onChanged: () => void,
): Promise<HeldConsents> {
  return openConsents({
    ...{ store, onChanged },
    now: () => Math.floor(Date.now() / 1000),
    onAsked: ({ number, operation, subject, target }, owner) =>
      log('consent-asked', {
        ...{ number, operation, subject, target },
        ...(owner === ADMINISTRATOR ? { try: `pne-runtime admin consent ${number}` } : { owner }),
      }),
    onFailed: ({ message }) => log('consents-failed', { reason: message }),
  });
}
