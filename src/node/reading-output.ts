// SPDX-License-Identifier: Apache-2.0

/**
 * Reads kept readings out of a server's store into a file of lines (src/node/reading-lines.ts), and forgets each once it
 * is on the disk. What a process that ended in between had written is not written again: it is at the end of the file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NodeLimits } from '../node-limits.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import type { PayloadCodec } from '../payload/payload.ts';
import { readingLine } from './reading-lines.ts';
import type { KeptReading, PersistentServerStore } from './server-store.ts';

const LINE_END = 0x0a;
/** Longer than all lines of a batch: of each byte of a payload at most four characters come, and some around them. */
const TAIL_BYTES = NodeLimits.outputBatch * 16_384;

export interface ReadingOutput {
  /** There may be readings to write. */
  proceed(): void;
  /** Resolves when what is kept is written, or has failed. */
  close(): Promise<void>;
}

/** Opens the file, or makes it; a line that has no end is removed from it. `onFailed`: it goes on at `proceed`. */
export async function openReadingOutput(
  store: Pick<PersistentServerStore, 'first' | 'forget'>,
  path: string,
  onFailed: (error: Error) => void,
): Promise<ReadingOutput> {
  const file = await open(path, 'a+', 0o600);
  return new FileOutput(store, file, await readTail(file), onFailed);
}

class FileOutput implements ReadingOutput {
  private readonly store: Pick<PersistentServerStore, 'first' | 'forget'>;
  private readonly file: FileHandle;
  private readonly onFailed: (error: Error) => void;
  private readonly payloads: PayloadCodec = createCborXPayloads();
  /** Lines that are in the file, of readings that may still be kept. */
  private written: Set<string>;
  /** Lines of the last batch, which the store has forgotten: a read that is behind its commit shows them again. */
  private former: ReadonlySet<string> = new Set();
  private writing: Promise<void> | undefined;
  private isAsked = false;
  private isClosed = false;

  constructor(
    store: Pick<PersistentServerStore, 'first' | 'forget'>,
    file: FileHandle,
    written: Set<string>,
    onFailed: (error: Error) => void,
  ) {
    this.store = store;
    this.file = file;
    this.written = written;
    this.onFailed = onFailed;
    this.proceed();
  }

  proceed(): void {
    if (this.isClosed) return;
    this.isAsked = true;
    this.writing ??= this.run();
  }

  async close(): Promise<void> {
    this.proceed();
    this.isClosed = true;
    await this.writing;
    await this.file.close();
  }

  /** Nothing comes between the last look at who has asked and its end. */
  private async run(): Promise<void> {
    while (this.isAsked) {
      this.isAsked = false;
      await this.writeAll();
    }
    this.writing = undefined;
  }

  private async writeAll(): Promise<void> {
    try {
      while (await this.writeBatch());
    } catch (error) {
      this.written = await readTail(this.file).catch(() => this.written);
      this.onFailed(error as Error);
    }
  }

  private async writeBatch(): Promise<boolean> {
    const shown = await this.store.first(NodeLimits.outputBatch);
    const readings = shown.filter((reading) => !this.former.has(this.lineOf(reading)));
    if (readings.length === 0) {
      // What is behind is not any more in another turn of the event loop.
      if (shown.length > 0) await nextTurn();
      return shown.length > 0;
    }
    const all = readings.map((reading) => this.lineOf(reading));
    const lines = all.filter((line) => !this.written.has(line));
    if (lines.length > 0) {
      await this.file.appendFile(lines.map((line) => `${line}\n`).join(''));
      await this.file.datasync();
    }
    await this.store.forget(readings);
    this.former = new Set(all);
    // Others may lie behind readings that have come since.
    for (const line of all) this.written.delete(line);
    return true;
  }

  private lineOf({ pneId, id, arrived, payload }: KeptReading): string {
    return readingLine(arrived, pneId, id, this.payloads.decode(payload));
  }
}

/** The last lines of the file. What follows the last end of a line was not finished, and is cut off. */
async function readTail(file: FileHandle): Promise<Set<string>> {
  const { size } = await file.stat();
  const start = Math.max(0, size - TAIL_BYTES);
  const bytes = Buffer.alloc(size - start);
  await file.read(bytes, 0, bytes.length, start);
  const end = bytes.lastIndexOf(LINE_END) + 1;
  if (end < bytes.length) await file.truncate(start + end);
  return new Set(bytes.subarray(0, end).toString('utf8').split('\n'));
}
