// SPDX-License-Identifier: Apache-2.0

/** Test code: what server and gateway of a test network hold. */
import { Authority, type Shown } from '../authorization/authority.ts';
import { DEFAULT_PN, membership } from '../authorization/membership.ts';
import type { Credential } from '../handshake/credential.ts';

export interface TestGrants {
  readonly server: Authority;
  readonly gateway: Authority;
  /** Seconds, for both. */
  now: number;
}

/** How long the grants of the tests hold. */
export const GRANTED_SECONDS = 1_000_000;

/** Both hold what the PNEs need; a gateway that believes what is `shown` to it holds nothing. */
export function createTestGrants(pnes: readonly Credential[], shown?: Shown): TestGrants {
  const now = () => grants.now;
  const gateway = new Authority(shown === undefined ? { now } : { now, shown });
  const grants = { server: new Authority({ now }), gateway, now: 0 };
  for (const { subject } of pnes)
    for (const authority of shown === undefined ? [grants.server, gateway] : [grants.server])
      authority.hold(subject!, membership(DEFAULT_PN, 0, GRANTED_SECONDS));
  return grants;
}
