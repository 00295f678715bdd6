// SPDX-License-Identifier: Apache-2.0

/** Groups, the epochs of their keys, and who has which. */
import type { GroupView } from '../state.ts';
import { useAction } from './actions.tsx';
import type { View } from './view.ts';

export function Groups({ view }: { readonly view: View }) {
  return (
    <section class="wide" aria-labelledby="groups">
      <h2 id="groups">Groups and their keys</h2>
      {view.groups.length === 0 && <p>None so far.</p>}
      {view.groups.map((group) => (
        <Group key={group.reference} group={group} mayRekey={view.actions.includes('rekey')} />
      ))}
    </section>
  );
}

function Group({ group, mayRekey }: { readonly group: GroupView; readonly mayRekey: boolean }) {
  const { reference, name, kind, owner, epoch, rekeys, members } = group;
  const { isBusy, said, run } = useAction();
  return (
    <div class="group" data-group={reference}>
      <h3>
        {name}{' '}
        <small>
          {kind} {reference}
          {owner === undefined ? '' : `, owner ${owner}`}
        </small>
      </h3>
      <p>
        epoch {epoch}, key made anew {rekeys} {rekeys === 1 ? 'time' : 'times'}
        {mayRekey && (
          <>
            {' '}
            <button
              type="button"
              disabled={isBusy}
              aria-label={`New key for ${name}`}
              onClick={() => run('rekey', { group: String(reference) })}
            >
              New key
            </button>
          </>
        )}
      </p>
      {members.length === 0 && <p>It has no members.</p>}
      <ul class="members">
        {members.map(({ id, hasKey }) => (
          <li key={id} class={hasKey ? 'has' : 'lacks'}>
            {id} {hasKey ? 'has the key' : 'is yet to get it'}
          </li>
        ))}
      </ul>
      <output>{said}</output>
    </div>
  );
}
