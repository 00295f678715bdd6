// SPDX-License-Identifier: Apache-2.0

/** A grant in EAD_3: shown by an Initiator that has not proved itself to anybody but the Responder. */
import type { EadItem } from '../handshake/ead.ts';
import { refuse } from '../refusal.ts';

/** Local and not registered, as the negotiation's. Always sent as critical: nobody is let in who was not looked at. */
export const GRANT_EAD_LABEL = 32770;

/** Returns the item that shows a grant; none where there is none. */
export function grantItems(grant: Uint8Array | undefined): readonly EadItem[] {
  return grant === undefined ? [] : [{ label: GRANT_EAD_LABEL, critical: true, value: grant }];
}

/** Returns the grant among the items of one message. Refuses `grantInvalid` an item without one, or a second one. */
export function grantValue(items: readonly EadItem[]): Uint8Array | undefined {
  const found = items.filter(({ label }) => label === GRANT_EAD_LABEL);
  if (found.length === 0) return undefined;
  const value = found[0]!.value;
  return found.length > 1 || value === undefined ? refuse('grantInvalid') : value;
}
