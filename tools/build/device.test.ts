// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildFailure, build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { POLICIES } from '../../src/negotiation/policies.ts';
import { Reason, type ReasonName } from '../../src/refusal.ts';
import { ROOT } from './bundle.ts';
import { deviceProgram, withPoliciesOf } from './device.ts';
import { bundleBleSerialFirmware, bundleSerialFirmware } from './firmware.ts';
import { withNumbers } from './numbers.ts';
import { FIRST_WITHOUT_C } from './reasons.ts';

test('a table of numbers is replaced where it is used, in other modules too', async () => {
  const text = await bundle(`
    import { Major } from './src/cbor/head.ts';
    import { ImplementationLimits } from './src/limits.ts';
    const { cborMaxDepth, cborMaxItems } = ImplementationLimits;
    export const used = [Major.map, Major['tag'], cborMaxDepth, cborMaxItems];`);
  assert.not.match(text, /\b(Major|ImplementationLimits)\d* =/);
  assert.equal(await evaluate(text, 'used'), [5, 6, 8, 64]);
});

test('every reason is refused by number as it is by name', async () => {
  const names = Object.keys(Reason) as ReasonName[];
  const calls = names.map((name) => `() => refuse('${name}'),`).join('\n');
  const text = await bundle(`
    import { Refusal, refuse } from './src/refusal.ts';
    const calls = [${calls}];
    export const refused = calls.map((call) => {
      try { call(); } catch (error) { return [error instanceof Refusal, error.reasonName, error.reason, error.message]; }
    });`);
  assert.not.match(text, /refuse\("/);
  const expected = names.map((name) => [true, name, Reason[name], `${name} (${Reason[name]})`]);
  assert.equal(await evaluate(text, 'refused'), expected);
});

test('a program has the names of the reasons that it refuses with, and of those of C', async () => {
  const text = await bundle(`
    import { Reason, refuse } from './src/refusal.ts';
    export const calls = [() => refuse('queueFull'), (known) => refuse(known ? 'notOwner' : 'linkClosed')];
    export { Reason as used };`);
  const used = (await evaluate(text, 'used')) as Record<string, number>;
  const expected = Object.entries(Reason).filter(
    ([name, number]) => number < FIRST_WITHOUT_C || ['queueFull', 'notOwner', 'linkClosed'].includes(name),
  );
  assert.equal(used, Object.fromEntries(expected));
});

test('C refuses with no reason that a program may be without', async () => {
  for (const header of ['payload.h', 'record.h']) {
    const source = await readFile(join(ROOT, 'firmware/native', header), 'utf8');
    const [, reasons] = source.match(/Reasons by their numbers[^{]*\{([^}]*)\}/)!;
    const numbers = [...reasons!.matchAll(/= (\d+)/g)].map(([, number]) => Number(number));
    assert.ok(numbers.length > 5);
    assert.equal(
      numbers.filter((number) => number >= FIRST_WITHOUT_C && number < 256),
      [],
      header,
    );
  }
});

test('a number that is no reason is a fault and no refusal', async () => {
  const text = await bundle(`
    import { Refusal, refuse } from './src/refusal.ts';
    export let fault;
    try { refuse(1); } catch (error) { fault = [error instanceof Refusal, error.message]; }`);
  assert.equal(await evaluate(text, 'fault'), [false, 'no reason has the number 1']);
});

test('constants and limits of a module are numbers in its functions', async () => {
  const source = [
    `import { ImplementationLimits } from './src/limits.ts';`,
    'const { cborMaxItems } = ImplementationLimits;',
    'const SHORT = 0x18;',
    'const LONG = 2 ** 14;',
    'export const used = ((at) => [cborMaxItems, SHORT - 1, LONG, -SHORT, at === SHORT ? LONG : SHORT])(24);',
  ].join('\n');
  assert.not.match(withNumbers(source).split('\n').at(-1)!, /\b(SHORT|LONG)\b|[^.]cborMaxItems/);
  const text = await bundle(source);
  assert.equal(await evaluate(text, 'used'), [64, 23, 16384, -24, 16384]);
});

test('what is no table of numbers is left as it is', () => {
  for (const source of [
    `const Mixed = Object.freeze({ a: 1, b: 'two' });`,
    `const Nested = Object.freeze({ a: Object.freeze({ b: 1 }) });`,
    `const Computed = Object.freeze({ [KEY]: 1 });`,
    `const { length } = bytes;`,
    `refuse(known ? 'tooLong' : 'tooDeep');`,
    `refuse('noSuchReason');`,
  ]) {
    assert.is(withNumbers(source), source);
  }
});

test('a table whose names are data does not pass', async () => {
  for (const use of ['Object.keys(Major)', 'Major[process.argv.length]', '{ ...Major }']) {
    const source = `import { Major } from './src/cbor/head.ts';\nexport const used = ${use};`;
    const failure = await bundle(source).catch((error: BuildFailure) => error.errors[0]!.text);
    assert.match(failure, /^Major\d? is used otherwise than as Major\d?\.name/);
  }
});

test('the programs of devices have numbers', async () => {
  for (const path of [await bundleSerialFirmware(), await bundleBleSerialFirmware()]) {
    const text = await readFile(path, 'utf8');
    assert.not.match(text, /\brefuse\("/);
    assert.not.match(text, /\b(Major|ImplementationLimits|Algorithm|MessageType) =/);
  }
});

test('the program of a PNE has the policies of no other role', async () => {
  const text = await bundle(`export { POLICIES as used } from './src/negotiation/policies.ts';`);
  assert.is(JSON.stringify(await evaluate(text, 'used')), JSON.stringify({ pne: POLICIES.pne }));
  assert.not.match(text, /CPNS_[245]/);
  assert.throws(() => withPoliciesOf('pne', 'const POLICIES = {};'), 'no policies of pne');
});

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: withNumbers(contents), resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [deviceProgram('pne')],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

async function evaluate(text: string, name: string): Promise<unknown> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<
    string,
    unknown
  >;
  return module[name];
}

test.run();
