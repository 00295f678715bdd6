// SPDX-License-Identifier: Apache-2.0

/** What is written to flash as a whole, and what may go wrong with it. */
import type { ESPLoader } from 'esptool-js';
import { equalBytes } from '../../src/bytes/compare.ts';

export interface FlashPart {
  /** For people. */
  readonly name: string;
  /** From the start of flash. */
  readonly offset: number;
  /** Of words: filled up with ff. */
  readonly bytes: Uint8Array;
  /** Of the bytes, in hexadecimal. A browser has none: without, they are read back. */
  readonly md5?: string;
}

/** What its reader can put right: one line. */
export class FlashProblem extends Error {}

/** That at which a bootloader begins. */
export const ROM_RATE = 115_200;

/** Whether flash has these bytes there. */
export async function isThere(loader: ESPLoader, part: FlashPart): Promise<boolean> {
  if (part.md5 !== undefined) return (await md5Of(loader, part)) === part.md5;
  const { offset, bytes } = part;
  return equalBytes(await during('verifying', () => loader.readFlash(offset, bytes.length)), bytes);
}

/** The ROM gives it as text, of which esptool-js shows the bytes. */
export async function md5Of(loader: ESPLoader, { offset, bytes }: FlashPart): Promise<string> {
  const shown = await during('verifying', () => loader.flashMd5sum(offset, bytes.length));
  return loader.IS_STUB
    ? shown
    : shown.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}

/** What esptool-js throws has no word on what to do. */
export async function during<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FlashProblem) throw error;
    const cause = (error as Error).message.split('\n')[0]!.trim();
    throw new FlashProblem(
      `the board stopped answering while ${what} (${cause}): run it again, at --baud ${ROM_RATE}`,
    );
  }
}
