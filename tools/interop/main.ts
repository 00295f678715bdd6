// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run interop`: runs this project against libraries that nobody here wrote. Exit status 1 where a check
 * fails, 2 where it cannot run at all.
 */
import { parseArgs } from 'node:util';
import bleHost from 'ble-host/package.json' with { type: 'json' };
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { withRecords } from '../../src/session/records.ts';
import { bleChecks } from './ble/checks.ts';
import type { Stack } from './ble/devices.ts';
import type { Check } from './check.ts';
import { edhocChecks } from './edhoc-checks.ts';
import type { End, Values } from './end.ts';
import { exampleChecks, grantChecks } from './grant-checks.ts';
import { itemChecks, payloadChecks } from './item-checks.ts';
import { createNodeEnd } from './node-end.ts';
import { nvsChecks } from './nvs-checks.ts';
import { SetupError, setUpPython } from './python.ts';
import { startPythonEnd } from './python-end.ts';
import { recordChecks } from './record-checks.ts';
import { startXsEnd } from './xs-end.ts';

interface Result {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, or why the check failed. */
  readonly detail: string;
  readonly seconds: number;
}

const USAGE = 'usage: npm run interop -- [--json]';
const RUNS_ON_NODE = 5;
const RUNS_ON_XS = 2;
/** Host stacks of central and peripheral. */
const BLE_STACKS: readonly (readonly [Stack, Stack])[] = [
  ['ble-host', 'Bumble'],
  ['Bumble', 'ble-host'],
  ['Bumble', 'Bumble'],
];

async function main(): Promise<number> {
  const json = isJson();
  if (json === undefined) return 2;
  const python = setUpPython();
  const theirs = startPythonEnd(python);
  const xs = await startXsEnd();
  try {
    const versions = { ...(await theirs.ask({ do: 'versions' })), 'ble-host': bleHost.version };
    if (!json) console.log(headline(versions));
    const results = await runAll(allChecks(python, theirs, xs), (result) => {
      if (!json) console.log(line(result));
    });
    return report(versions, results, json);
  } finally {
    await theirs.close();
    await xs.close();
  }
}

function allChecks(python: string, theirs: End, xs: End): Check[] {
  const node = createNodeProvider();
  const onNode = [createNodeEnd(withRecords(createNobleProvider(node.fillRandom))), createNodeEnd(node)];
  return [
    ...onNode.flatMap((ours) => edhocChecks(ours, theirs, RUNS_ON_NODE)),
    ...edhocChecks(xs, theirs, RUNS_ON_XS),
    ...[...onNode, xs].flatMap((ours) => recordChecks(ours, theirs)),
    ...[...onNode, xs].flatMap((ours) => grantChecks(ours, theirs)),
    ...exampleChecks(theirs),
    ...[onNode[0]!, xs].flatMap((ours) => itemChecks(ours, theirs)),
    ...payloadChecks(theirs),
    ...nvsChecks(theirs),
    ...BLE_STACKS.flatMap((stacks) => bleChecks({ stacks, python })),
  ];
}

/** One after the other: the ends keep the state of one exchange. */
async function runAll(checks: readonly Check[], onResult: (result: Result) => void): Promise<Result[]> {
  const results: Result[] = [];
  for (const check of checks) {
    const result = await runOne(check);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runOne({ name, run }: Check): Promise<Result> {
  const started = performance.now();
  const [ok, detail] = await run().then(
    (seen) => [true, seen] as const,
    (error: Error) => [false, error.message] as const,
  );
  return { name, ok, detail, seconds: (performance.now() - started) / 1000 };
}

function report(versions: Values, results: readonly Result[], json: boolean): number {
  const failed = results.filter(({ ok }) => !ok).length;
  const passed = results.length - failed;
  const document = { ok: failed === 0, passed, failed, versions, checks: results };
  console.log(json ? JSON.stringify(document, null, 2) : `${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function headline(versions: Values): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

function line({ name, ok, detail, seconds }: Result): string {
  return `${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}, ${seconds.toFixed(1)} s`;
}

/** undefined where the arguments are not understood, which has been said then. */
function isJson(): boolean | undefined {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch {
    console.error(USAGE);
    return undefined;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`interop: ${error.message}`);
  process.exitCode = 2;
}
