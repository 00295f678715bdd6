// SPDX-License-Identifier: Apache-2.0

/** Attacks on the network to launch, and what came of each. */
import { useState } from 'preact/hooks';
import type { AttackView, FaredView } from '../state.ts';
import { act } from './program.ts';

export function Attacks({ attacks }: { readonly attacks: readonly AttackView[] }) {
  const [problem, setProblem] = useState('');
  const launch = (names: readonly string[]) => {
    setProblem('');
    for (const name of names) act('attack', { name }).catch((error: Error) => setProblem(error.message));
  };
  return (
    <section class="wide" aria-labelledby="attacks">
      <h2 id="attacks">Attacks</h2>
      <p class="legend">
        Each is carried out on this network, one after the other, and then where its protection is left out.
      </p>
      <p>
        <button type="button" onClick={() => launch(attacks.map(({ name }) => name))}>
          Launch all
        </button>{' '}
        <span role="status">{summaryOf(attacks)}</span> <span role="alert">{problem}</span>
      </p>
      <ul class="cards attacks">
        {attacks.map((attack) => (
          <Attack key={attack.name} attack={attack} launch={() => launch([attack.name])} />
        ))}
      </ul>
    </section>
  );
}

function Attack({ attack, launch }: { readonly attack: AttackView; readonly launch: () => void }) {
  const { name, title, does, clause, asks, status, lines } = attack;
  return (
    <li class={`card attack ${status.replace(' ', '-')}`} data-attack={name}>
      <h3>{title}</h3>
      <p>{does}</p>
      <p>
        <button type="button" aria-label={`Launch: ${title}`} onClick={launch}>
          Launch
        </button>{' '}
        <b class="outcome">{outcomeOf(attack)}</b>
      </p>
      <p>
        SPEC.md, {clause}: {asks}
      </p>
      {lines.length > 0 && <pre>{lines.join('\n')}</pre>}
      {attack.fared !== undefined && <p>{faredIn(attack.fared)}</p>}
      {attack.control !== '' && <p>Without the protection it works: {attack.control}.</p>}
    </li>
  );
}

function outcomeOf({ status, reason }: AttackView): string {
  if (status === 'refused' && reason === undefined) return 'in vain';
  if (status === 'refused') return `refused: ${reason!.name} (${reason!.number})`;
  return WORDS[status];
}

const WORDS: Readonly<Record<AttackView['status'], string>> = {
  ready: '',
  waiting: 'waits for its turn',
  'under way': 'under way',
  refused: 'refused',
  succeeded: 'succeeded',
  failed: 'could not be tried',
};

function faredIn({ received, lost, doubled, altered }: FaredView): string {
  return `${received} readings arrived meanwhile: ${lost} lost, ${doubled} doubled, ${altered} altered.`;
}

function summaryOf(attacks: readonly AttackView[]): string {
  const count = (...statuses: AttackView['status'][]) =>
    attacks.filter(({ status }) => statuses.includes(status)).length;
  const parts = [
    `${count('refused')} of ${attacks.length} refused`,
    ...(count('succeeded', 'failed') > 0 ? [`${count('succeeded', 'failed')} not`] : []),
    ...(count('waiting', 'under way') > 0 ? [`${count('waiting', 'under way')} to come`] : []),
  ];
  return parts.join(', ');
}
