// SPDX-License-Identifier: Apache-2.0

/** What may be done from the page. A program that offers none of it shows none of it. */
import { useState } from 'preact/hooks';
import type { EntityView } from '../state.ts';
import { act } from './program.ts';
import type { View } from './view.ts';

interface Doing {
  readonly isBusy: boolean;
  /** What came of the last one, in a line. */
  readonly said: string;
  run(name: string, fields: Readonly<Record<string, string>>): Promise<void>;
}

export function useAction(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  return {
    isBusy,
    said,
    async run(name, fields) {
      setBusy(true);
      setSaid(await act(name, fields).then(String, (error: Error) => `not done: ${error.message}`));
      setBusy(false);
    },
  };
}

/** One more PNE, by a code. */
export function AddForm({ view }: { readonly view: View }) {
  const { isBusy, said, run } = useAction();
  const [name, setName] = useState('');
  if (!view.actions.includes('add')) return null;
  return (
    <form
      class="add"
      onSubmit={(event) => {
        event.preventDefault();
        void run('add', { name });
      }}
    >
      <label>
        Name of a new PNE{' '}
        <input
          value={name}
          required
          maxLength={9}
          pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
          title="1 to 9 of a-z, 0-9 and -"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>{' '}
      <button type="submit" disabled={isBusy}>
        Make a code
      </button>
      <output>{said}</output>
    </form>
  );
}

/** What may be done to one PNE. */
export function PneActions({ actions, pne }: Pick<View, 'actions'> & { readonly pne: EntityView }) {
  const { isBusy, said, run } = useAction();
  const offered = [pne.status === 'revoked' ? GRANT : REVOKE, REMOVE].filter(({ action }) =>
    actions.includes(action),
  );
  if (offered.length === 0) return null;
  return (
    <p class="actions">
      {offered.map(({ action, label, question }) => (
        <button
          key={action}
          type="button"
          disabled={isBusy}
          aria-label={`${label} ${pne.id}`}
          onClick={() =>
            (question === '' || confirm(`${question} ${pne.id}?`)) && run(action, { name: pne.id })
          }
        >
          {label}
        </button>
      ))}
      <output>{said}</output>
    </p>
  );
}

const REVOKE = { action: 'revoke', label: 'Revoke', question: '' };
const GRANT = { action: 'grant', label: 'Grant', question: '' };
const REMOVE = { action: 'remove', label: 'Remove', question: 'Withdraw the credential of' };
