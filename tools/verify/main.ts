// SPDX-License-Identifier: Apache-2.0

/** `npm run verify`: checks the models of the negotiation and of delivery with spin. Exit status 1 where a claim fails. */
import { parseArgs } from 'node:util';
import type { Claim } from './claim.ts';
import { CLAIMS } from './claims.ts';
import { type Finding, spinVersion, VerifyError, verify } from './spin.ts';

interface Result extends Finding {
  readonly claim: Claim;
  readonly ok: boolean;
}

const USAGE = 'usage: npm run verify -- [--json]';

function main(): number {
  const json = isJson();
  if (json === undefined) return 2;
  const tool = spinVersion();
  if (!json) console.log(`${tool}: ${CLAIMS.length} claims about the models in tools/verify`);
  const results = CLAIMS.map((claim) => {
    const result = examine(claim);
    if (!json) console.log(line(result));
    return result;
  });
  const failed = results.filter(({ ok }) => !ok).length;
  const states = results.reduce((sum, result) => sum + result.states, 0);
  if (json) console.log(JSON.stringify(document(tool, results, states), null, 2));
  else console.log(`${results.length - failed} passed, ${failed} failed, ${states} states`);
  return failed === 0 ? 0 : 1;
}

function examine(claim: Claim): Result {
  const finding = verify(claim);
  return { ...finding, claim, ok: finding.verdict === claim.expected };
}

function line({ claim, ok, verdict, states, seconds, trace }: Result): string {
  const wanted = claim.expected === 'violated' ? ' (as it must be)' : '';
  const outcome = ok ? `${verdict}${wanted}` : `${verdict}, expected: ${claim.expected}`;
  const about = claim.model.file.replace('.pml', '');
  const text = `${ok ? 'ok  ' : 'FAIL'} ${about}: ${claim.name}: ${outcome}, ${states} states, ${seconds.toFixed(1)} s`;
  return trace === '' ? text : `${text}\n${trace}`;
}

function document(tool: string, results: readonly Result[], states: number): object {
  return {
    ok: results.every(({ ok }) => ok),
    tool,
    states,
    claims: results.map(({ claim, ok, verdict, states: stored, seconds }) => ({
      model: claim.model.file,
      name: claim.name,
      defines: claim.defines,
      checks: claim.checks,
      expected: claim.expected,
      verdict,
      ok,
      states: stored,
      seconds,
    })),
  };
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
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof VerifyError)) throw error;
  console.error(`verify: ${error.message}`);
  process.exitCode = 2;
}
