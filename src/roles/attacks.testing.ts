// SPDX-License-Identifier: Apache-2.0

import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import type { Identity } from '../handshake/credential.ts';
import type { RoleName } from '../negotiation/policies.ts';
import type { ReasonName } from '../refusal.ts';
import { agreedOn, refusedAt, type SecuredInterface } from './attacker.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import type { InterfaceOptions } from './interface.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';

/** Keys of the attacker's. */
export const STRANGER = PROVIDER.generateKey(Curve.P256);

export const OTHER_WAY = Object.freeze({ initiator: 'responder', responder: 'initiator' } as const);

/** The name of an identity without its key. */
export function stolen({ credential }: Identity): Identity {
  return { credential, privateKey: STRANGER };
}

/** A network in which `change` is applied to what one role brings to one interface. */
export function networkWith(
  at: RoleName,
  name: SecuredInterface,
  change: (own: InterfaceOptions) => InterfaceOptions,
): TestNetwork {
  return createTestNetwork({
    change: (own, role) => (role === at && own.name === name ? change(own) : own),
  });
}

export function assertRefused(
  network: TestNetwork,
  at: RoleName,
  name: SecuredInterface,
  reason: ReasonName,
): void {
  assert.not.ok(agreedOn(network, name).includes(at));
  assert.ok(refusedAt(network, at).includes(reason), `${refusedAt(network, at)}`);
  network.pne.report('secret');
  for (let round = 0; round < 2; round += 1) {
    network.fireTimers();
    network.settle();
  }
  assert.not.ok(agreedOn(network, name).includes(at));
  assert.equal(network.received, []);
}
