// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const OUTPUT = join(ROOT, 'build');

/** Something that the user can mend: one line that says what happened and what to do. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/**
 * Runs a command without a shell and returns its stdout; `onLine` sees each line of it as it comes. Rejects
 * with the first line of stderr that says something.
 */
export function run(command, args, { onLine, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      if (onLine) for (const line of text.split('\n')) if (line !== '') onLine(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(stdout);
      else reject(new Error(firstError(stderr) ?? `${command} ended with status ${status}`));
    });
  });
}

function firstError(stderr) {
  const lines = stderr.split('\n').map((line) => line.replace(/^npm error/, '').trim());
  return lines.find((line) => line !== '' && !line.startsWith('code '));
}

/** Whether a command can be started. */
export async function has(command, args = ['--version']) {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

/** Reads a small file of build/, undefined where it is not there. */
export function readStamp(name) {
  try {
    return readFileSync(join(OUTPUT, name), 'utf8');
  } catch {
    return undefined;
  }
}

export function writeStamp(name, text) {
  const path = join(OUTPUT, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
