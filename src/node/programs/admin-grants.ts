// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime admin`: what its devices may do at a server or a gateway. */
import { DEFAULT_PN } from '../../authorization/membership.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Credential } from '../../handshake/credential.ts';
import { ImplementationLimits } from '../../limits.ts';
import { Refusal } from '../../refusal.ts';
import { type Roll, readAll } from '../devices.ts';
import { grantMembership, isGranted, membershipChanges, revokeGrants } from '../grants.ts';
import type { Changes, KeyValueStore } from '../store/store.ts';
import { checkUsersOf } from '../users.ts';
import { administerKeys } from './admin-groups.ts';
import { rightsIn } from './admin-rights.ts';
import { UsageError } from './config.ts';

/** Ten years: what somebody administers is over when it is revoked. */
export const DEFAULT_DAYS = '3650';

const SECONDS_PER_DAY = 86_400;

export interface Work {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  readonly names: readonly string[];
  /** Which list it is about. */
  readonly roll: Roll;
  /** How long what is granted holds. */
  readonly days: string;
  /** What an external entity may read and command. */
  readonly read: string;
  readonly command: string;
  /** Groups that it may publish to, with commas between, and whether it may ask what devices can do. */
  readonly publish: string;
  readonly capabilities: string;
  /** PNs that a gateway may take over, with commas between. */
  readonly takes: string;
  /** PNs that a gateway may have a bridge to. */
  readonly bridges: string;
  /** A PNE that is asked for its consent. */
  readonly owner: string;
  /** What a device may do besides, as `rightsIn` reads it. */
  readonly may: string;
  /** Whether what is said of users is JSON; empty: it is not. */
  readonly json: string;
  say(line: string): void;
}

/** Grants a device that is to be added what it needs, before anybody knows it. One that is known keeps what it has. */
export async function grantNewcomer(work: Work, { subject }: Credential): Promise<void> {
  const isKnown = (await readAll(work.store)).some((known) => known.subject === subject);
  if (subject !== undefined && !isKnown) await grantFor(work, subject);
}

export async function grant(work: Work): Promise<void> {
  await checkKnown(work);
  await checkUsersOf(work.store, work.names);
  for (const id of work.names) {
    await grantFor(work, id);
    await administerKeys(work.store, work.provider, 'reinstate', [id], () => undefined);
    work.say(`${id} granted`);
  }
}

export async function revoke(work: Work): Promise<void> {
  await checkKnown(work);
  for (const id of work.names) {
    await revokeGrants(work.store, id);
    await administerKeys(work.store, work.provider, 'revoke', [id], () => undefined);
    work.say(`${id} revoked`);
  }
}

/** What stands behind the name of a device in a list. */
export async function grantMark(store: KeyValueStore, id: string): Promise<string> {
  return (await isGranted(store, id)) ? '' : ' (no grant)';
}

/** Grants a device that joins by a code the same, before anybody knows it. `may` as `rightsIn` reads it. */
export function grantJoined(store: KeyValueStore, id: string, may = ''): Promise<void> {
  return grantFor({ store, days: DEFAULT_DAYS, may }, id);
}

/** The same as changes for the commit that registers the device. */
export function joinedGrant(store: KeyValueStore, id: string, may = ''): Promise<Changes> {
  return membershipChanges(store, id, DEFAULT_PN, endOf(DEFAULT_DAYS), rightsIn(may));
}

async function grantFor(
  { store, days, may }: Pick<Work, 'store' | 'days' | 'may'>,
  id: string,
): Promise<void> {
  try {
    await grantMembership(store, id, DEFAULT_PN, endOf(days), rightsIn(may));
  } catch (error) {
    if (!(error instanceof Refusal) || error.reasonName !== 'grantInvalid') throw error;
    const { grantMaxRows } = ImplementationLimits;
    throw new UsageError(
      `a grant names ${grantMaxRows - 1} groups at most: leave numbers out, for every one`,
    );
  }
}

export function endOf(days: string): number {
  return Math.floor(Date.now() / 1000) + Number(days) * SECONDS_PER_DAY;
}

async function checkKnown({ store, names }: Work): Promise<void> {
  if (names.length === 0) throw new UsageError('admin grant and admin revoke take names of devices');
  const known = (await readAll(store)).map(({ subject }) => subject);
  for (const id of names) if (!known.includes(id)) throw new UsageError(`no device is called ${id}`);
}
