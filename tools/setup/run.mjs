// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const OUTPUT = join(ROOT, 'build');

/** Something that the user can mend: one line that says what happened and what to do. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/** How often work that goes on says so. */
const STILL_MS = 5000;

/** Waits for work, and says every few seconds that it goes on. */
export async function patiently(what, work) {
  const started = Date.now();
  const timer = setInterval(
    () => say(`still ${what} (${Math.round((Date.now() - started) / 1000)} s)`),
    STILL_MS,
  );
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** Ends where nothing can be put into this checkout. */
export function requireWritable() {
  try {
    accessSync(ROOT, constants.W_OK);
    mkdirSync(OUTPUT, { recursive: true });
    accessSync(OUTPUT, constants.W_OK);
  } catch (error) {
    throw notWritable(error);
  }
}

export function notWritable({ code }) {
  return new SetupError(
    `${ROOT} has to be set up and cannot be written to (${code}); copy it to where you may write, or make it writable`,
  );
}

/** What a registry that does not answer may cost: npm would try for minutes. */
export const NPM_PATIENCE = Object.freeze([
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
  '--fetch-timeout=30000',
  '--prefer-offline',
  '--no-update-notifier',
  '--loglevel=error',
]);

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
  return lines.find((line) => line !== '' && !/^(code|syscall|errno) /.test(line));
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
