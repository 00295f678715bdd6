// SPDX-License-Identifier: Apache-2.0

/** A run with a page: what is watched of real PNEs, and what is done to them from there. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../src/bytes/hex.ts';
import type { PageActions } from '../../../src/node/page/actions.ts';
import { PageFeed } from '../../../src/node/page/feed.ts';
import type { EntityView } from '../../../src/node/page/state.ts';
import type { TraceView } from '../../../src/node/page/trace/stage.ts';
import { createCborXPayloads } from '../../../src/payload/codec.ts';
import { openRadio, typeWhatIsShown } from '../ble/open-radio.ts';
import { openBoard } from '../boards.ts';
import type { Row } from '../input/row.ts';
import { run } from '../run.ts';
import type { RunControl } from '../run-options.ts';
import { runActions } from './actions.ts';
import { ShownRun } from './shown-run.ts';
import { RunWatch } from './watch.ts';

/** Longer than a gateway waits for a link that it turned away to be secured. */
const PATIENCE_MS = 150_000;

const payloads = createCborXPayloads();
const test = suite('simulator/page of a run');

async function* rows(): AsyncGenerator<Row> {
  for (let line = 1; ; line += 1)
    yield { line, payload: payloads.encode({ temperature: 21.5, number: line }) };
}

interface Shown {
  readonly feed: PageFeed;
  readonly actions: PageActions;
  readonly said: string[];
  pne(name: string): EntityView | undefined;
}

/** Runs two PNEs, of which the second joins by a code, until `look` is done. */
async function withRun(link: 'ble' | 'stream', look: (shown: Shown) => Promise<void>): Promise<void> {
  const said: string[] = [];
  const radio =
    link === 'stream'
      ? undefined
      : await openRadio({ typePasskey: typeWhatIsShown, onProblem: (_pne, problem) => said.push(problem) });
  const boards = [await openBoard('linux', radio)];
  const feed = new PageFeed('test', Date.now);
  const watch = new RunWatch(feed, radio);
  const shown = new ShownRun(feed, watch, boards);
  for (const pne of ['pne-1', 'pne-2']) shown.add(pne);
  let control: RunControl | undefined;
  const actions = runActions({ feed, tracer: watch.tracer, control: () => control });
  const stop = new AbortController();
  const running = run({
    ...(radio !== undefined && { radio }),
    ...{
      boards,
      pnes: 2,
      algorithm: undefined,
      intervalMs: 100,
      rows: rows(),
      once: false,
      stop: stop.signal,
    },
    watcher: {
      ...{ watch: watch.watch, onLink: watch.onLink },
      onGone: (pne) => shown.onGone(pne),
      onRevoked: (pne) => shown.onRevoked(pne),
    },
    joining: {
      onCode: (pne, code) => shown.code(pne, code),
      onJoined: (pne) => shown.joined(pne),
    },
    onNetwork(network): void {
      control = network;
    },
    onAgreed: (agreement) => shown.agreed(agreement),
    onProgress: (pnes) => shown.progress(pnes),
    onReading: (pne, reading) => shown.reading(pne, reading),
    onSkipped(): void {},
    onRefused: (entity, reason) => said.push(`${entity} ${reason}`),
    onGroup(): void {},
    onProblem: (problem) => said.push(problem),
  });
  const pne = (name: string) => feed.state.entities.find(({ id }) => id === name);
  try {
    await look({ feed, actions, said, pne });
  } finally {
    stop.abort();
    await running;
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const hexOf = ({ fields }: TraceView['stages'][number]) => fields.map(({ hex }) => hex).join('');

/** The newest reading of a PNE, once it is confirmed on the way back to it. */
async function followed({ actions, pne }: Shown, name: string, last: string): Promise<TraceView> {
  let trace: TraceView | undefined;
  const isThere = () => {
    const id = pne(name)?.lastId;
    if (id === undefined) return false;
    trace = actions.follow!({ pne: name, id: String(id) }) as TraceView;
    return trace.receipt.at(-1)?.name === last;
  };
  await until(isThere, `a reading of ${name} and its receipt`);
  return trace!;
}

function assertChain({ stages, receipt }: TraceView, names: readonly string[]): void {
  assert.equal(
    stages.map(({ name }) => name),
    names,
  );
  const hex = new Map(stages.map((each) => [each.name, hexOf(each)]));
  const within = (inner: string, outer: string) =>
    assert.ok(hex.get(outer)!.endsWith(hex.get(inner)!), `${inner} is not in ${outer}`);
  within('record of CPNS-3', 'route');
  within('record of CPNS-1', 'message of the link');
  for (const [at, { length, fields }] of stages.entries()) {
    assert.is(hexOf(stages[at]!).length, 2 * length);
    assert.ok(fields.every(({ means }) => means !== ''));
  }
  assert.equal(
    receipt.slice(0, 6).map(({ name }) => name),
    ['receipt', 'record of CPNS-3', 'route', 'record of CPNS-2', 'record of CPNS-1', 'message of the link'],
  );
  assert.ok(hexOf(receipt[2]!).endsWith(hexOf(receipt[1]!)));
}

const CHAIN = ['payload', 'message', 'record of CPNS-3', 'record of CPNS-1', 'message of the link'];
const TO_SERVER = ['route', 'record of CPNS-2'];

test('a reading by Bluetooth LE is followed through all that it was in, and PNEs are added, revoked and removed', async () => {
  await withRun('ble', async (shown) => {
    const { pne, actions, feed, said } = shown;
    await until(() => ['pne-1', 'pne-2'].every((each) => pne(each)?.lastId !== undefined), 'readings');
    const trace = await followed(shown, 'pne-1', 'value of ATT');
    assertChain(trace, [...CHAIN, 'value of ATT', 'PDU on the air', ...TO_SERVER]);
    const [value, pdu] = [trace.stages[5]!, trace.stages[6]!];
    assert.ok(hexOf(value).endsWith(hexOf(trace.stages[4]!)));
    assert.ok(hexOf(trace.receipt[6]!).endsWith(hexOf(trace.receipt[5]!)));
    // L2CAP and ATT are around it: 4 and 3 bytes, encrypted, behind a header and in front of a MIC.
    assert.is(pdu.length, value.length + 2 + 7 + 4);
    assert.not.ok(hexOf(pdu).includes(hexOf(value)));
    const stepsOf = (name: string) => pne(name)!.steps.map(({ name: step }) => step);
    assert.match(stepsOf('pne-2').join('\n'), JOINING);
    assert.not.match(stepsOf('pne-1').join('\n'), /code|joined/);
    for (const { stage, pdus, bytes } of pne('pne-1')!.air) assert.ok(pdus > 0 && bytes > pdus, stage);

    assert.is(await actions.add!({ name: 'shed-1' }), 'shed-1 has a code');
    assert.ok(pne('shed-1')!.code !== undefined);
    await until(() => pne('shed-1')!.lastId !== undefined, 'a reading of shed-1');
    assert.is(pne('shed-1')!.code, undefined);
    for (const name of ['shed-1', 'pne-1']) {
      const failure = await Promise.resolve(actions.add!({ name })).then(() => '', String);
      assert.match(failure, /give it another name/);
    }

    assert.is(await actions.revoke!({ name: 'pne-1' }), 'pne-1 revoked');
    await until(() => said.includes('gateway notAuthorized'), 'a refusal of what is revoked');
    const { received } = pne('pne-1')!;
    assert.is(pne('pne-1')!.status, 'revoked');
    assert.is(await actions.grant!({ name: 'pne-1' }), 'pne-1 granted');
    await until(() => pne('pne-1')!.received > received, 'a reading of what is granted again');
    assert.is(pne('pne-1')!.status, 'secured');

    assert.is(await actions.remove!({ name: 'shed-1' }), 'shed-1 removed');
    await until(() => pne('shed-1') === undefined, 'the end of shed-1');
    assert.equal(
      feed.state.interfaces.filter(({ from }) => from === 'shed-1'),
      [],
    );
  });
});

const JOINING = new RegExp(
  [
    'its code is registered at the server',
    'the gateway connects',
    'paired',
    'EDHOC joining message_1 from the PNE',
    'has joined',
    'EDHOC CPNS-1 message_1 from the PNE',
    'CPNS-1 is secured: delegated:ble',
    'EDHOC CPNS-3 message_1 from the PNE',
    'CPNS-3 is secured',
    'first reading verified',
  ].join('[^]*'),
);

test('a reading by a stream is in a record of CPNS-1, which the gateway opened', async () => {
  await withRun('stream', async (shown) => {
    const trace = await followed(shown, 'pne-1', 'message of the link');
    assertChain(trace, [...CHAIN, ...TO_SERVER]);
    const hop = trace.stages[3]!;
    assert.match(hop.fields.map(({ means }) => means).join(), /kid.*ciphertext.*tag/);
    assert.not.ok(hexOf(hop).includes(hexOf(trace.stages[2]!)));
    const { payload } = { payload: trace.stages[0]! };
    assert.match(
      payload.fields.map(({ means }) => means).join(),
      /map of 2,"temperature",21.5 in 64 bits,"number"/,
    );
    assert.is(hexOf(payload), toHex(payloads.encode({ temperature: 21.5, number: numberIn(payload) })));
  });
});

function numberIn({ fields }: TraceView['stages'][number]): number {
  return Number(fields.at(-1)!.means);
}

test.run();
