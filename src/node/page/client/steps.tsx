// SPDX-License-Identifier: Apache-2.0

/** How a PNE came to its first reading, step by step, and what that took on the air. */
import type { EntityView } from '../state.ts';

/** Open until the first reading is there: then it is history. */
export function Steps({ pne: { steps, lastId } }: { readonly pne: EntityView }) {
  if (steps.length === 0) return null;
  return (
    <details open={lastId === undefined}>
      <summary> {lastId === undefined ? steps.at(-1)!.name : 'How it came'}</summary>
      <ol class="steps">
        {steps.map(({ name, after }) => (
          <li key={name}>
            <span>{(after / 1000).toFixed(1)} s</span> {name}
          </li>
        ))}
      </ol>
    </details>
  );
}

export function Air({ pne: { air, received } }: { readonly pne: EntityView }) {
  if (air.every(({ pdus }) => pdus === 0)) return null;
  return (
    <table class="air">
      <caption>On the air, both ways</caption>
      <thead>
        <tr>
          <th scope="col">stage</th>
          <th scope="col">PDUs</th>
          <th scope="col">bytes</th>
        </tr>
      </thead>
      <tbody>
        {air.map(({ stage, pdus, bytes }) => (
          <tr key={stage}>
            <th scope="row">
              {stage}
              {stage === 'readings' && received > 0 && `, ${Math.round(bytes / received)} bytes each`}
            </th>
            <td>{pdus.toLocaleString()}</td>
            <td>{bytes.toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
