// SPDX-License-Identifier: Apache-2.0

/** Who a board is: what its partition `nvs` has, and whether it may be given another identity. */
import type { ESPLoader } from 'esptool-js';
import { equalBytes } from '../../src/bytes/compare.ts';
import { decodeInvited, decodeProvisioning } from '../../src/roles/provisioning.ts';
import { isBlank } from '../provision/nvs-reader.ts';
import { provisioningIn } from '../provision/partition.ts';
import { during, type FlashPart, FlashProblem, md5Of } from './part.ts';

export interface Identity {
  readonly partition: FlashPart;
  /** The MD5 of as many bytes of ff, which the ROM is asked for, where there is no stub to read by. */
  readonly blankMd5?: string;
  /** Whether it may take the place of another. */
  readonly replaces: boolean;
}

/** Returns whether the partition is to be written. Throws a `FlashProblem` where there is another. */
export async function checkIdentity(
  loader: ESPLoader,
  identity: Identity,
  onStep: (step: string) => void,
): Promise<boolean> {
  if (identity.replaces) return true;
  if (!loader.IS_STUB) return checkUnread(loader, identity);
  const { offset, bytes } = identity.partition;
  const found = await during('reading who it is', () => loader.readFlash(offset, bytes.length));
  if (isBlank(found)) return true;
  const [present, wanted] = [knownIn(found), provisioningIn(bytes)!];
  const id = idOf(wanted);
  if (present === undefined) return true;
  if (!isSame(present, wanted))
    throw new FlashProblem(`the board is ${idOf(present)} already: only with --replace does it become ${id}`);
  onStep(`identity: the board is ${id} already`);
  return false;
}

/** The ROM shows only whether it is what it would be. */
async function checkUnread(loader: ESPLoader, { partition, blankMd5 }: Identity): Promise<boolean> {
  const md5 = await md5Of(loader, partition);
  if (md5 === partition.md5) return false;
  if (md5 === blankMd5) return true;
  throw new FlashProblem(
    'the board has something in its store, which the ROM cannot read: without --no-stub it is read',
  );
}

function knownIn(found: Uint8Array): Uint8Array | undefined {
  try {
    const present = provisioningIn(found);
    if (present !== undefined) idOf(present);
    return present;
  } catch {
    throw new FlashProblem('the board has a store that cannot be read: --replace overwrites it');
  }
}

/** A board that has joined has overwritten its secret, and stays who it is. */
function isSame(present: Uint8Array, wanted: Uint8Array): boolean {
  if (equalBytes(present, wanted)) return true;
  const [now, then] = [decodeInvited(present), decodeInvited(wanted)];
  return now !== undefined && now.pneId === then?.pneId && now.secret.length === 0;
}

function idOf(provisioning: Uint8Array): string {
  return (decodeInvited(provisioning) ?? decodeProvisioning(provisioning)).pneId;
}
