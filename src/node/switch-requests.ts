// SPDX-License-Identifier: Apache-2.0

/**
 * PNs that are to move to another gateway, over the key-value contract, and who asks for it:
 *
 *     key = 'l' reference    [gateway: tstr, role: 1 / 2, name: tstr], of a PNE or a gateway; or the gateway's name
 *                            in UTF-8, of whoever administers; the reference of the PN in 3 bytes
 *     key = 'L'              empty: its version is new with each change of them
 */
import type { Asker } from '../authorization/service-access.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { refuse } from '../refusal.ts';
import type { SwitchRequest } from '../roles/key-store.ts';
import { numberedKey, numberInKey } from './numbered-key.ts';
import type { Entry, KeyValueStore } from './store/store.ts';

export const SWITCH_ROWS = Uint8Array.of(0x6c);
export const SWITCH_EDITION = Uint8Array.of(0x4c);
const NOTHING = new Uint8Array(0);
const ROLES: readonly (Asker['role'] | undefined)[] = Object.freeze([undefined, 'pne', 'gateway']);
const ARRAY_TYPE = 4;

type Put = Pick<Entry, 'key' | 'value'>;

/** `asker` is left out where whoever administers asks. */
export interface StoredSwitch extends Omit<SwitchRequest, 'asker'> {
  readonly asker?: Asker;
}

/** In place of what was asked for this PN before. */
export async function requestSwitch(store: KeyValueStore, reference: number, gateway: string): Promise<void> {
  await store.commit({ puts: switchPuts([{ reference, gateway }]) });
}

/** Nothing is asked for this PN any more. */
export async function cancelSwitch(store: KeyValueStore, reference: number): Promise<void> {
  await store.commit({ deletes: [keyOf(reference)], puts: [{ key: SWITCH_EDITION, value: NOTHING }] });
}

/** The same as part of another commit; nothing where nothing is asked for. */
export function switchPuts(requests: readonly StoredSwitch[]): Put[] {
  const puts: Put[] = requests.map((request) => ({ key: keyOf(request.reference), value: encode(request) }));
  return puts.length === 0 ? [] : [...puts, { key: SWITCH_EDITION, value: NOTHING }];
}

/** Refuses `recordInvalid`, and what src/bytes and src/cbor refuse: whatever nobody can have stored. */
export function readSwitch({ key, value }: Put): StoredSwitch {
  const reference = numberInKey(key);
  // No text begins as an array does.
  if (value[0] === undefined || value[0] >> 5 !== ARRAY_TYPE)
    return { reference, gateway: decodeUtf8(value) };
  const [gateway, word, name, ...more] = decodeFlat(value);
  const role = typeof word === 'number' ? ROLES[word] : undefined;
  const isRead = typeof gateway === 'string' && typeof name === 'string' && more.length === 0;
  return isRead && role !== undefined
    ? { reference, gateway, asker: { role, name } }
    : refuse('recordInvalid');
}

function encode({ gateway, asker }: StoredSwitch): Uint8Array {
  if (asker === undefined) return encodeUtf8(gateway);
  return encodeFlat([gateway, ROLES.indexOf(asker.role), asker.name]);
}

function keyOf(reference: number): Uint8Array {
  return numberedKey(SWITCH_ROWS, reference);
}
