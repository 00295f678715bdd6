// SPDX-License-Identifier: Apache-2.0

/** The side of a program that process-end.ts starts: a line of JSON each, and its answer. */
import { createInterface } from 'node:readline';
import type { Values } from './end.ts';

export type Commands = Readonly<Record<string, (request: Values) => Values | Promise<Values>>>;

/** Ends the process with its standard input. */
export async function serveLines(commands: Commands): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...request } = JSON.parse(line) as Values;
    console.log(JSON.stringify(await answer(commands[name!]!, request)));
  }
  process.exit();
}

async function answer(command: Commands[string], request: Values): Promise<Values> {
  try {
    return await command(request);
  } catch (error) {
    return { refused: (error as Error).message };
  }
}
