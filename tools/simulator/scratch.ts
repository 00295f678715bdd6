// SPDX-License-Identifier: Apache-2.0

/** The folder of a run, with keys in it. It goes with the process, however that ends; if not, the next run removes it. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'pne-runtime-';
const OWNER = 'owner';

export interface Scratch {
  readonly folder: string;
  remove(): void;
}

/** Makes the folder, and removes those of runs that were killed. */
export function openScratch(): Scratch {
  sweep();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(folder, OWNER), identityOf(process.pid) ?? '');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  return {
    folder,
    remove(): void {
      process.off('exit', remove);
      remove();
    },
  };
}

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (name.startsWith(PREFIX) && isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Ours, and of a process that is no more. Whatever else is there is left alone. */
function isAbandoned(folder: string): boolean {
  try {
    const owner = readFileSync(join(folder, OWNER), 'utf8');
    const [pid = '', , namespace] = owner.split(' ');
    if (statSync(folder).uid !== process.getuid?.() || namespace !== pidNamespace()) return false;
    return identityOf(Number(pid)) !== owner;
  } catch {
    return false;
  }
}

/** Process, the time of its start in ticks since the boot, and where its number counts. Undefined where it is none. */
function identityOf(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const startTime = status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
    return `${pid} ${startTime} ${pidNamespace()}`;
  } catch {
    return undefined;
  }
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
