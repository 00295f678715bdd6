// SPDX-License-Identifier: Apache-2.0

/** What waits for the consent of an owner, and answers in his place. */
import type { QuestionView } from '../state.ts';
import { useAction } from './actions.tsx';
import type { View } from './view.ts';

export function Questions({ view }: { readonly view: View }) {
  if (view.questions.length === 0) return null;
  return (
    <section class="wide" aria-labelledby="questions">
      <h2 id="questions">Consent</h2>
      <ul>
        {view.questions.map((question) => (
          <Question key={question.number} question={question} mayAnswer={view.actions.includes('consent')} />
        ))}
      </ul>
    </section>
  );
}

function Question({ question, mayAnswer }: { readonly question: QuestionView; readonly mayAnswer: boolean }) {
  const { number, text, owner } = question;
  const { isBusy, said, run } = useAction();
  return (
    <li data-question={number}>
      {text}
      {owner === undefined ? '' : `, for ${owner} to answer`}{' '}
      {mayAnswer &&
        ANSWERS.map(({ action, label }) => (
          <button
            key={action}
            type="button"
            disabled={isBusy}
            aria-label={`${label}: ${text}`}
            onClick={() => run(action, { number: String(number) })}
          >
            {label}
          </button>
        ))}
      <output>{said}</output>
    </li>
  );
}

const ANSWERS = [
  { action: 'consent', label: 'Consent' },
  { action: 'refuse', label: 'Refuse' },
];
