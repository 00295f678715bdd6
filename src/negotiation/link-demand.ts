// SPDX-License-Identifier: Apache-2.0
import { isDelegated, mechanism } from './mechanisms.ts';
import type { Policy } from './policy.ts';

/**
 * Whether nothing that a policy accepts authenticates but the link, so that one whose peer nobody authenticated is
 * below its floor. What else is left to a link whose channel the handshake compares needs no such link.
 */
export function needsAuthenticatedLink({ authentication: { accepted, floor } }: Policy): boolean {
  return !accepted.some((number) => !isDelegated(number) && (mechanism(number)?.bits ?? -1) >= floor);
}
