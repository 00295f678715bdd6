// SPDX-License-Identifier: Apache-2.0

/** Serial ports of this machine: which there are, who may use them, and who does. */
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where a machine has what is looked at. A test has others. */
export interface Places {
  readonly dev: string;
  readonly proc: string;
  readonly sys: string;
  readonly groups: string;
}

export const PLACES: Places = Object.freeze({
  dev: '/dev',
  proc: '/proc',
  sys: '/sys',
  groups: '/etc/group',
});

/** Adapters, and boards with USB of their own, on Linux and macOS. */
const NAMES = /^(tty(USB|ACM)\d+|cu\.(usb|wchusb|SLAB).*)$/;

export function serialPorts({ dev }: Places): string[] {
  return namesIn(dev)
    .filter((name) => NAMES.test(name))
    .sort()
    .map((name) => join(dev, name));
}

/** The group whose members may use a port; undefined where it has no name. */
export function groupOf(port: string, { groups }: Places): string | undefined {
  const { gid } = statSync(port);
  const line = textOf(groups)
    .split('\n')
    .find((each) => each.split(':')[2] === String(gid));
  return line?.split(':')[0];
}

/** The process that has a port open, such as `screen (1234)`; undefined where none of one's own has. */
export function holderOf(port: string, { proc }: Places): string | undefined {
  const path = realpathSync(port);
  for (const pid of namesIn(proc)) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const files = join(proc, pid, 'fd');
    if (namesIn(files).some((file) => linkOf(join(files, file)) === path))
      return `${textOf(join(proc, pid, 'comm')).trim()} (${pid})`;
  }
  return undefined;
}

/** Whether a program of that name runs. */
export function isRunning(name: string, { proc }: Places): boolean {
  return namesIn(proc).some((pid) => /^\d+$/.test(pid) && textOf(join(proc, pid, 'comm')).trim() === name);
}

/** Of a port on USB: by them a board with USB of its own is told from one behind an adapter. */
export function usbIdsOf(
  port: string,
  { sys }: Places,
): { readonly usbVendorId: number; readonly usbProductId: number } | undefined {
  // The tty's device is an interface, or a port of it, of what has the ids.
  let device = placeOf(join(sys, 'class/tty', basename(port), 'device'));
  for (let level = 0; level < 3; level += 1) {
    const [vendor, product] = ['idVendor', 'idProduct'].map((name) => textOf(join(device, name)).trim());
    if (vendor !== '' && product !== '')
      return { usbVendorId: Number.parseInt(vendor!, 16), usbProductId: Number.parseInt(product!, 16) };
    device = join(device, '..');
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Where a link leads; '' where it leads nowhere. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return '';
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
