// SPDX-License-Identifier: Apache-2.0

/** The Moddable SDK's tools, which its owner has built. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './bundle.ts';

const run = promisify(execFile);

/** Where the SDK at `sdk` keeps what it runs on this machine. */
export function toolsOf(sdk: string): string {
  return join(sdk, 'build/bin/lin/release');
}

/** Rejects with one line that names what is missing. */
export async function requireSdkTools(sdk: string): Promise<void> {
  const tools = toolsOf(sdk);
  for (const tool of ['mcconfig', 'mcrez', 'xsc', 'xsid', 'xsl']) {
    await access(join(tools, tool)).catch(() => {
      throw new Error(`MODDABLE: no ${tool} in ${tools}; build the SDK's tools (build/makefiles/lin)`);
    });
  }
}

/** Runs mcconfig in the checkout, with these variables added. Rejects with the first error that it prints. */
export async function mcconfig(
  sdk: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const tools = toolsOf(sdk);
  await runTool(join(tools, 'mcconfig'), args, {
    MODDABLE: sdk,
    PATH: `${tools}${delimiter}${process.env.PATH}`,
    ...environment,
  });
}

/** Runs a program in the checkout. Rejects with one line: the first error that it prints. */
export async function runTool(
  tool: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { cwd: ROOT, env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(tool, args, options).catch(
    (error: { stdout: string; stderr: string; message: string }) => {
      const text = `${error.stderr}\n${error.stdout}`;
      const cause = firstError(loggedErrors(text)) ?? firstError(text) ?? error.message.split('\n')[0]!;
      throw new Error(`MODDABLE: ${tool} failed: ${cause}`);
    },
  );
  return stdout;
}

/** What idf.py keeps to itself: its compilers' and its linker's output, in files that it names. */
function loggedErrors(text: string): string {
  const [, ...paths] = /output of the command is in the (\S+) and (\S+)/.exec(text) ?? [];
  return paths.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')).join('\n');
}

/** Undefined where no line speaks of one. Options of compilers, files and warnings that name errors are none. */
export function firstError(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find(
    (line) =>
      /(\berror\b|Error:|undefined reference|multiple definition|\*\*\*)/i.test(line) &&
      !/\s-W|\bwarning:|^\[\d+\/\d+\]/.test(line),
  );
}
