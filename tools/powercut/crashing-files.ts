// SPDX-License-Identifier: Apache-2.0

/** Files in memory that a crash cuts at the step a test names, and what is left of them then. */
import { dirname } from 'node:path';
import type { Files } from '../../src/node/ble/files.ts';

/** A process that ends loses nothing that it wrote; a power cut loses what was not synced, of texts alone or of names too. */
export const CRASHES = Object.freeze(['process', 'texts', 'texts and names'] as const);
export type CrashKind = (typeof CRASHES)[number];

export class Crash extends Error {}

interface Content {
  text: string;
  synced: string;
}

export class CrashingFiles implements Files {
  private names = new Map<string, Content>();
  private synced = new Map<string, Content>();
  private left = Number.POSITIVE_INFINITY;

  /** Lets so many steps happen before the crash. */
  crashAfter(steps: number): void {
    this.left = steps;
  }

  /** What is there when the device starts again. */
  restart(kind: CrashKind): void {
    this.left = Number.POSITIVE_INFINITY;
    if (kind === 'process') return;
    if (kind === 'texts and names') this.names = new Map(this.synced);
    for (const content of this.names.values()) content.text = content.synced;
  }

  /** Folders need no making here. */
  makeFolder(): void {}

  list(folder: string): readonly string[] {
    const inside = [...this.names.keys()].filter((path) => path.startsWith(`${folder}/`));
    return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0]!))];
  }

  read(path: string): string | undefined {
    return this.names.get(path)?.text;
  }

  write(path: string, text: string): void {
    this.step();
    const content = this.names.get(path) ?? { text: '', synced: '' };
    this.names.set(path, content);
    content.text = '';
    this.step();
    content.text = text.slice(0, text.length / 2);
    this.step();
    content.text = text;
  }

  rename(from: string, to: string): void {
    this.step();
    this.names.set(to, this.names.get(from)!);
    this.names.delete(from);
  }

  remove(path: string): void {
    for (const name of [...this.names.keys()]) {
      if (name !== path && !name.startsWith(`${path}/`)) continue;
      this.step();
      this.names.delete(name);
    }
  }

  sync(path: string): void {
    this.step();
    const content = this.names.get(path);
    if (content !== undefined) content.synced = content.text;
    else this.syncNames(path);
  }

  private syncNames(folder: string): void {
    for (const name of [...this.synced.keys()]) if (dirname(name) === folder) this.synced.delete(name);
    for (const [name, content] of this.names) if (dirname(name) === folder) this.synced.set(name, content);
  }

  private step(): void {
    if (this.left === 0) throw new Crash('cut here');
    this.left -= 1;
  }
}
