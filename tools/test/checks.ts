// SPDX-License-Identifier: Apache-2.0

/** What is checked without running the project: form, types, the direction of imports. */
import { checkImports } from '../check/imports.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

export async function runChecks(tally: Tally): Promise<void> {
  await tally.run('check', 'format and lint', () => command('biome', 'check', '--error-on-warnings', '.'));
  await tally.run('check', 'types of src and firmware', () => command('tsc', '-p', 'tsconfig.json'));
  await tally.run('check', 'types of src/node and tools', () => command('tsc', '-p', 'tsconfig.node.json'));
  await tally.run('check', 'types of the page', () => command('tsc', '-p', 'tsconfig.page.json'));
  await tally.run('check', 'import direction', imports);
}

async function command(program: string, ...args: string[]): Promise<Outcome> {
  const { status, output } = await runCommand(`node_modules/.bin/${program}`, args);
  if (status !== 0) throw new CheckFailure(output);
  return { passed: 1 };
}

async function imports(): Promise<Outcome> {
  const problems = await checkImports();
  if (problems.length > 0) throw new CheckFailure(problems.join('\n'));
  return { passed: 1 };
}
