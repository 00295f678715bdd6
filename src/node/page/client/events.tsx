// SPDX-License-Identifier: Apache-2.0

import { useState } from 'preact/hooks';
import type { EventView } from '../state.ts';

/** What has happened, the newest first. */
export function Events({ events }: { readonly events: readonly EventView[] }) {
  const [isNarrow, setNarrow] = useState(false);
  const shown = isNarrow ? events.filter(({ kind }) => kind === 'refused' || kind === 'problem') : events;
  return (
    <section class="events" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <label>
        <input type="checkbox" checked={isNarrow} onChange={() => setNarrow(!isNarrow)} /> refusals and
        problems alone
      </label>
      {shown.length === 0 && <p>Nothing so far.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too. */}
      <ol tabIndex={0} aria-labelledby="events">
        {[...shown].reverse().map(({ number, time, entity, kind, text }) => (
          <li key={number} class={kind}>
            <time>{new Date(time).toLocaleTimeString()}</time> <b>{entity ?? ''}</b> {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
