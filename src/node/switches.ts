// SPDX-License-Identifier: Apache-2.0

/**
 * Moves PNs to other gateways, as it was asked for (switch-requests.ts). Whichever server process has the new gateway
 * at its end does it: a PN stays where it is until that gateway is there. What was asked for is decided then, in the
 * moment that it is stored, whatever was decided before.
 */
import { maySwitchTo } from '../authorization/gateway-access.ts';
import type { Asker, ServiceGrants } from '../authorization/service-access.ts';
import { groupNumber } from '../keys/reference.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { ServerKeys, SwitchTerms } from '../roles/server-keys.ts';
import { checkSwitch } from '../roles/service-switching.ts';
import type { HeldGrants } from './held-grants.ts';
import { type Following, follow } from './store/following.ts';
import { type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';
import { readSwitch, type StoredSwitch, SWITCH_EDITION, SWITCH_ROWS } from './switch-requests.ts';

export interface SwitchesOptions {
  readonly store: KeyValueStore;
  readonly grants: Readonly<Record<keyof ServiceGrants, Pick<HeldGrants, 'authority' | 'refresh'>>>;
  readonly keys: Pick<ServerKeys, 'switchGateway' | 'refresh'>;
  /** Whether a gateway of this name is there, and has proved itself. */
  hasGateway(gateway: string): boolean;
  /** Whether the server has a credential of who has asked. */
  isKnown(asker: Asker): boolean;
  onSwitched(done: StoredSwitch): void;
  /** It is not done, and not tried again. */
  onRefused(reason: ReasonName, request: StoredSwitch): void;
  onFailed(error: Error): void;
  readonly after?: After;
}

export interface Switches {
  /** A gateway has come: what waits for it is done. */
  proceed(): void;
  close(): void;
}

export async function openSwitches(options: SwitchesOptions): Promise<Switches> {
  const { store, onFailed, after, grants } = options;
  const following: Following = await follow({
    ...{ store, edition: SWITCH_EDITION, onFailed, ...(after !== undefined && { after }) },
    async read(): Promise<void> {
      if ((await store.range(SWITCH_ROWS, 1)).length === 0) return;
      // What was granted, and made, before it was asked for counts.
      await Promise.all([grants.pne.refresh(), grants.gateway.refresh()]);
      await new Promise<void>((resolve) => options.keys.refresh(resolve));
      for await (const entry of entriesUnder(store, SWITCH_ROWS)) await attempt(options, entry);
    },
  });
  return {
    proceed: () => following.again(),
    close: () => following.close(),
  };
}

async function attempt(options: SwitchesOptions, entry: Entry): Promise<void> {
  const { store, grants, hasGateway, onSwitched, onRefused } = options;
  const request = readSwitch(entry);
  const { reference, gateway } = request;
  const isGranted = maySwitchTo(grants.gateway.authority, gateway, groupNumber(reference));
  if (isGranted && !hasGateway(gateway)) return;
  const refused = isGranted ? await switchNow(options, request) : 'notAuthorized';
  if (refused === 'storeFailed' || refused === 'queueFull')
    throw new Error(`group ${reference} could not be stored at ${gateway}: ${refused}`);
  const { key, version } = entry;
  // Where it was asked anew meanwhile that is what counts.
  if ((await store.commit({ expected: [{ key, version }], deletes: [key], puts: [] })) === undefined) return;
  if (refused === undefined) onSwitched(request);
  else onRefused(refused, request);
}

function switchNow(options: SwitchesOptions, request: StoredSwitch): Promise<ReasonName | undefined> {
  const { reference, gateway } = request;
  return new Promise((resolve) =>
    options.keys.switchGateway(reference, gateway, resolve, termsOf(options, request)),
  );
}

function termsOf({ grants, isKnown }: SwitchesOptions, request: StoredSwitch): SwitchTerms {
  const held = { pne: grants.pne.authority, gateway: grants.gateway.authority };
  const { reference, gateway, asker } = request;
  return {
    asker,
    check(network): void {
      if (asker === undefined) {
        if (!maySwitchTo(held.gateway, gateway, groupNumber(reference))) refuse('notAuthorized');
        return;
      }
      if (!isKnown(asker)) refuse('notAuthorized');
      checkSwitch(held, { reference, gateway, asker }, network);
    },
  };
}
