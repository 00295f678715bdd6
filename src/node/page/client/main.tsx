// SPDX-License-Identifier: Apache-2.0

/** The page: draws the network whenever something has changed. */
import { render } from 'preact';
import { AddForm } from './actions.tsx';
import { Attacks } from './attacks.tsx';
import { Cards, Interface } from './cards.tsx';
import { Events } from './events.tsx';
import { Groups } from './groups.tsx';
import { Picture } from './picture.tsx';
import type { AwayReason } from './program.ts';
import { Questions } from './questions.tsx';
import { followNetwork, type View } from './view.ts';

const AWAY: Readonly<Record<AwayReason, string>> = {
  gone: 'the program does not answer; what is shown is what it last said',
  token:
    'the program does not know this page: open the address that it prints, with all that stands behind #',
  full: 'too many look at this program: close another page of it',
};

function Page({ view }: { readonly view: View }) {
  return (
    <>
      <header>
        <h1>{view.title}</h1>
        <p role="status" class={view.away === undefined ? 'live' : 'away'}>
          {view.away === undefined ? 'live' : AWAY[view.away]}
        </p>
      </header>
      <main>
        <section aria-labelledby="network">
          <h2 id="network">Network</h2>
          <Picture view={view} />
          <p class="legend">
            <span class="key secured" /> secured between neighbours (CPNS-1, CPNS-2, CPNS-5){' '}
            <span class="key end-to-end" /> secured from end to end (CPNS-3)
          </p>
          {[...view.interfaces.values()]
            .filter(({ name }) => name === 'CPNS-2' || name === 'CPNS-5')
            .map((each) => (
              <Interface key={`${each.name} ${each.from}`} view={each} />
            ))}
        </section>
        <Events events={view.events} />
        <Questions view={view} />
        <section class="wide" aria-labelledby="pnes">
          <h2 id="pnes">PNEs</h2>
          <AddForm view={view} />
          <Cards view={view} />
        </section>
        <Groups view={view} />
        {view.attacks.size > 0 && <Attacks attacks={[...view.attacks.values()]} />}
      </main>
    </>
  );
}

const root = document.getElementById('page')!;
followNetwork((view) => render(<Page view={view} />, root));
