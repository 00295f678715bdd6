// SPDX-License-Identifier: Apache-2.0

/** Test code: a scenario as a user starts it, in a process of its own. */
import { Run } from '../process.testing.ts';
import type { Step } from './story.ts';

interface Report {
  readonly ok: boolean;
  readonly pnes: readonly { readonly id: string; readonly sent: number; readonly received: number }[];
  readonly scenario: {
    readonly name: string;
    readonly figures: Readonly<Record<string, number>>;
    readonly steps: readonly Step[];
  };
  readonly problems: readonly string[];
}

/** Runs it to its end, and returns what it says for scripts. */
export async function scenarioRun(
  name: string,
  ...args: string[]
): Promise<{ readonly status: number | null; readonly report: Report }> {
  const { status, stdout, stderr } = await new Run(['--scenario', name, '--once', '--json', ...args]).ended;
  if (stdout === '') throw new Error(`no report, status ${status}: ${stderr}`);
  return { status, report: JSON.parse(stdout) as Report };
}
