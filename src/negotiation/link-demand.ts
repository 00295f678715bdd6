// SPDX-License-Identifier: Apache-2.0
import { isDelegated, mechanism } from './mechanisms.ts';
import type { Policy, Terms } from './policy.ts';

/**
 * Whether a policy leaves something to the link that nothing else it accepts could realise. Where it does,
 * a link whose peer nobody authenticated is below its floor; where not, CPNS itself reaches the floor on
 * any link.
 */
export function needsAuthenticatedLink({ authentication, toResponder, toInitiator }: Policy): boolean {
  const axes = [authentication, ...Object.values(toResponder), ...Object.values(toInitiator)];
  return axes.some((terms) => !isReachable(terms));
}

function isReachable({ accepted, floor }: Terms): boolean {
  return accepted.some((number) => !isDelegated(number) && (mechanism(number)?.bits ?? -1) >= floor);
}
