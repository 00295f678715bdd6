// SPDX-License-Identifier: Apache-2.0

import type { CodeView, EntityView, InterfaceView } from '../state.ts';
import { PneActions } from './actions.tsx';
/** A card for each PNE: its figures, its interfaces, and its readings as charts. */
import { memo } from './memo.ts';
import { Air, Steps } from './steps.tsx';
import { LastReading } from './trace.tsx';
import type { View } from './view.ts';

const CHART = { width: 160, height: 36 };

/** Drawn anew where something of it has changed: there may be 64. */
const Card = memo(PneCard);

export function Cards({ view }: { readonly view: View }) {
  const pnes = [...view.entities.values()].filter(({ kind }) => kind === 'pne');
  return (
    <ul class="cards">
      {pnes.map((pne) => (
        <Card key={pne.id} pne={pne} all={view.interfaces} actions={view.actions} />
      ))}
    </ul>
  );
}

interface CardProps extends Pick<View, 'actions'> {
  readonly pne: EntityView;
  /** Of all PNEs: the same where none has changed. */
  readonly all: View['interfaces'];
}

function PneCard({ pne, all, actions }: CardProps) {
  const interfaces = [...all.values()].filter(({ from }) => from === pne.id);
  return (
    <li class={`card ${pne.status}`} data-pne={pne.id}>
      <h3>
        {pne.id} <small>{pne.place}</small>
      </h3>
      <p class="figures">
        {STATUS[pne.status]}; {pne.sent !== undefined && `sent ${pne.sent}, `}received {pne.received}, refused{' '}
        {pne.refused}
        {pne.boot !== undefined && `; boot ${pne.boot}`}
      </p>
      {pne.code !== undefined && <Code code={pne.code} />}
      {interfaces.map((each) => (
        <Interface key={each.name} view={each} />
      ))}
      <dl class="charts">
        {Object.entries(pne.series).map(([name, numbers]) => (
          <Chart key={name} name={name} numbers={numbers} />
        ))}
      </dl>
      <LastReading pne={pne} mayFollow={actions.includes('follow')} />
      <Steps pne={pne} />
      <Air pne={pne} />
      <PneActions actions={actions} pne={pne} />
    </li>
  );
}

/** A code to be scanned: the secret of the PNE until it has joined. */
function Code({ code: { text, rows } }: { readonly code: CodeView }) {
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <figure class="code">
      <svg viewBox={`0 0 ${rows[0]?.length ?? 0} ${rows.length}`} aria-hidden="true">
        <path d={dark.join('')} />
      </svg>
      <figcaption>joins by the code {text}</figcaption>
    </figure>
  );
}

/** What was negotiated for one interface. */
export function Interface({ view }: { readonly view: InterfaceView }) {
  const { name, authentication, suite, handshakeBytes, handshakeMessages, confidentiality, integrity } = view;
  return (
    <p class="interface">
      <b>{name}</b> {authentication}, suite {suite}, {handshakeBytes} bytes in {handshakeMessages} messages:{' '}
      {confidentiality}, integrity {integrity}
    </p>
  );
}

const STATUS: Readonly<Record<EntityView['status'], string>> = {
  waiting: 'not secured yet',
  secured: 'secured',
  revoked: 'revoked',
  lost: 'given up',
};

function Chart({ name, numbers }: { readonly name: string; readonly numbers: readonly number[] }) {
  const least = Math.min(...numbers);
  const span = Math.max(...numbers) - least || 1;
  const x = (index: number) => (index * CHART.width) / Math.max(1, numbers.length - 1);
  const y = (number: number) => CHART.height - 2 - ((number - least) / span) * (CHART.height - 4);
  const points = numbers.map((number, index) => `${x(index).toFixed(1)},${y(number).toFixed(1)}`).join(' ');
  return (
    <div>
      <dt>{name === '' ? 'value' : name}</dt>
      <dd>
        <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} aria-hidden="true">
          <polyline points={points} />
        </svg>
        {numbers.at(-1)}
      </dd>
    </div>
  );
}
