// SPDX-License-Identifier: Apache-2.0

/**
 * PNs that are to move to another gateway, as somebody who administers has said, over the key-value contract:
 *
 *     key = 'l' reference        the gateway's name, the reference of the PN in 3 bytes
 *     key = 'L'                  empty: its version is new with each change of them
 *
 * Whichever server process has that gateway at its end does it: a PN stays where it is until its new gateway is there.
 */
import { maySwitchTo } from '../authorization/gateway-access.ts';
import { withHead } from '../bytes/copy.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { groupNumber } from '../keys/reference.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import type { ServerKeys } from '../roles/server-keys.ts';
import type { HeldGrants } from './grants.ts';
import { type Following, follow } from './store/following.ts';
import { type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';

const ROWS = Uint8Array.of(0x6c);
const EDITION = Uint8Array.of(0x4c);
const NOTHING = new Uint8Array(0);
const KEY_BYTES = 4;

/** In place of what was asked for this PN before. */
export async function requestSwitch(store: KeyValueStore, reference: number, gateway: string): Promise<void> {
  await store.commit({
    puts: [
      { key: keyOf(reference), value: encodeUtf8(gateway) },
      { key: EDITION, value: NOTHING },
    ],
  });
}

/** Nothing is asked for this PN any more. */
export async function cancelSwitch(store: KeyValueStore, reference: number): Promise<void> {
  await store.commit({ deletes: [keyOf(reference)], puts: [{ key: EDITION, value: NOTHING }] });
}

export interface SwitchesOptions {
  readonly store: KeyValueStore;
  /** Of gateways. */
  readonly grants: Pick<HeldGrants, 'authority' | 'refresh'>;
  readonly keys: Pick<ServerKeys, 'switchGateway' | 'refresh'>;
  /** Whether a gateway of this name is there, and has proved itself. */
  hasGateway(gateway: string): boolean;
  onSwitched(reference: number, gateway: string): void;
  /** It is not done, and not tried again. */
  onRefused(reason: ReasonName, reference: number, gateway: string): void;
  onFailed(error: Error): void;
  readonly after?: After;
}

export interface Switches {
  /** A gateway has come: what waits for it is done. */
  proceed(): void;
  close(): void;
}

export async function openSwitches(options: SwitchesOptions): Promise<Switches> {
  const { store, onFailed, after } = options;
  const following: Following = await follow({
    ...{ store, edition: EDITION, onFailed, ...(after !== undefined && { after }) },
    async read(): Promise<void> {
      // What was granted, and made, before it was asked for counts.
      await options.grants.refresh();
      await new Promise<void>((resolve) => options.keys.refresh(resolve));
      for await (const entry of entriesUnder(store, ROWS)) await attempt(options, entry);
    },
  });
  return {
    proceed: () => following.again(),
    close: () => following.close(),
  };
}

async function attempt(options: SwitchesOptions, { key, value, version }: Entry): Promise<void> {
  const { store, grants, hasGateway, onSwitched, onRefused } = options;
  const [reference, gateway] = [referenceIn(key), decodeUtf8(value)];
  const isGranted = maySwitchTo(grants.authority, gateway, groupNumber(reference));
  if (isGranted && !hasGateway(gateway)) return;
  const refused = isGranted ? await switchNow(options, reference, gateway) : 'notAuthorized';
  if (refused === 'storeFailed' || refused === 'queueFull')
    throw new Error(`group ${reference} could not be stored at ${gateway}: ${refused}`);
  // Where it was asked anew meanwhile that is what counts.
  if ((await store.commit({ expected: [{ key, version }], deletes: [key], puts: [] })) === undefined) return;
  if (refused === undefined) onSwitched(reference, gateway);
  else onRefused(refused, reference, gateway);
}

function switchNow(
  { keys }: SwitchesOptions,
  reference: number,
  gateway: string,
): Promise<ReasonName | undefined> {
  return new Promise((resolve) => keys.switchGateway(reference, gateway, resolve));
}

function keyOf(reference: number): Uint8Array {
  return withHead(ROWS[0]! * 2 ** 24 + reference, KEY_BYTES, NOTHING);
}

function referenceIn(key: Uint8Array): number {
  return (key[1]! << 16) | (key[2]! << 8) | key[3]!;
}
