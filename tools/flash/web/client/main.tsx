// SPDX-License-Identifier: Apache-2.0

/** The page that writes an image to a board. */
import { render } from 'preact';
import type { ImageManifest } from '../manifest.ts';
import { type Serial, type Wishes, writeAndListen } from './work.ts';

/** Lines of the board that are shown. */
const MAX_LINES = 1000;

interface View {
  readonly manifest: ImageManifest | undefined;
  readonly isBusy: boolean;
  readonly steps: readonly string[];
  readonly progress: { readonly part: string; readonly percent: number } | undefined;
  readonly problem: string;
  readonly lines: readonly string[];
}

const place = document.getElementById('page')!;
const serial = (navigator as unknown as { serial?: Serial }).serial;
let view: View = {
  manifest: undefined,
  isBusy: false,
  steps: [],
  progress: undefined,
  problem: '',
  lines: [],
};

function show(change: Partial<View>): void {
  view = { ...view, ...change };
  render(<Page {...view} />, place);
}

function Page({ manifest, isBusy, steps, progress, problem, lines }: View) {
  if (manifest === undefined) return <p role="status">{problem || 'loading'}</p>;
  return (
    <main>
      <h1>
        {manifest.title} onto an {manifest.board}
      </h1>
      <Parts manifest={manifest} />
      <form onSubmit={submit}>
        <label>
          Who the board is to be, if that is to be written: the nvs.bin of npm run provision{' '}
          <input type="file" name="identity" disabled={isBusy} />
        </label>
        <label>
          <input type="checkbox" name="replaces" disabled={isBusy} /> replace who the board is now (--replace)
        </label>
        <button type="submit" disabled={isBusy || serial === undefined}>
          Choose the port and write
        </button>
      </form>
      <p class="problem" role="alert">
        {problem}
      </p>
      <div role="log" aria-label="what was done">
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
      {progress !== undefined && (
        <label>
          {progress.part} <progress max={100} value={progress.percent} />
        </label>
      )}
      <h2>What the board says</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
      <pre tabIndex={0} role="log" aria-label="what the board says">
        {lines.join('\n')}
      </pre>
    </main>
  );
}

function Parts({ manifest }: { readonly manifest: ImageManifest }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col">at</th>
        </tr>
      </thead>
      <tbody>
        {manifest.parts.map(({ name, offset }) => (
          <tr key={offset}>
            <td>{name}</td>
            <td>0x{offset.toString(16)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function submit(event: SubmitEvent): void {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const file = form.get('identity');
  const identity = file instanceof File && file.size > 0 ? file : undefined;
  void work({ identity, replaces: form.get('replaces') !== null });
}

async function work(wishes: Wishes): Promise<void> {
  show({ isBusy: true, steps: [], progress: undefined, problem: '', lines: [] });
  try {
    await writeAndListen(serial!, view.manifest!, wishes, {
      onStep: (step) => show({ steps: [...view.steps, step] }),
      onProgress: (part, percent) => show({ progress: { part, percent } }),
      onWritten: () => show({ progress: undefined, steps: [...view.steps, 'written: the board starts'] }),
      onLine: (line) => show({ lines: [...view.lines, line].slice(-MAX_LINES) }),
    });
  } catch (error) {
    show({ problem: (error as Error).message.split('\n')[0]! });
  }
  show({ isBusy: false });
}

const response = await fetch('/image.json').catch(() => undefined);
if (response?.ok) show({ manifest: (await response.json()) as ImageManifest });
else show({ problem: 'the program that serves this page has ended: start it again' });
if (serial === undefined)
  show({
    problem:
      'this browser has no Web Serial: open the page in Chrome, Edge or Chromium, or use npm run flash',
  });
