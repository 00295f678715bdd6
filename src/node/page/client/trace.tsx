// SPDX-License-Identifier: Apache-2.0

/** One reading, and its bytes in each form that it had on its way. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { EntityView } from '../state.ts';
import type { StageView, TraceView } from '../trace/stage.ts';
import { act } from './program.ts';

/** The newest reading of a PNE, which can be followed. */
export function LastReading({ pne, mayFollow }: { readonly pne: EntityView; readonly mayFollow: boolean }) {
  const [trace, setTrace] = useState<TraceView | undefined>(undefined);
  const [problem, setProblem] = useState('');
  if (pne.last === '') return null;
  const follow = () =>
    act('follow', { pne: pne.id, id: String(pne.lastId) }).then(
      (found) => {
        setProblem('');
        setTrace(found as TraceView);
      },
      (error: Error) => setProblem(error.message),
    );
  return (
    <div class="last">
      {mayFollow && (
        <button type="button" aria-label={`Follow the newest reading of ${pne.id}`} onClick={follow}>
          Follow
        </button>
      )}
      <code>{pne.last}</code>
      <output>{problem}</output>
      {trace !== undefined && <Trace trace={trace} onClose={() => setTrace(undefined)} />}
    </div>
  );
}

function Trace({ trace, onClose }: { readonly trace: TraceView; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  const { pne, id, together, stages, receipt } = trace;
  return (
    <dialog ref={dialog} class="trace" aria-labelledby="trace" onClose={onClose}>
      <form method="dialog">
        <h2 id="trace">
          Reading {id % 2 ** 32} of {pne}
        </h2>
        <button type="submit">Close</button>
      </form>
      <p>
        What passed, as it passed; keys are not shown.
        {together > 1 && ` ${together} readings went in one message.`}
      </p>
      <Stages name="The reading" stages={stages} />
      {receipt.length > 0 && <Stages name="Its receipt" stages={receipt} />}
    </dialog>
  );
}

function Stages({ name, stages }: { readonly name: string; readonly stages: readonly StageView[] }) {
  return (
    <>
      <h3>{name}</h3>
      <ol class="stages">
        {stages.map(({ name: stage, where, length, fields }, at) => (
          <li key={at}>
            <h4>
              {stage}, {length} bytes <small>{where}</small>
            </h4>
            <dl>
              {fields.map(({ hex, means }, field) => (
                <div key={field}>
                  <dt>{hex}</dt>
                  <dd>{means}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </>
  );
}
