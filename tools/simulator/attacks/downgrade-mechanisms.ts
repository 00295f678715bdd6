// SPDX-License-Identifier: Apache-2.0

import { Confidentiality, Integrity } from '../../../src/negotiation/mechanisms.ts';
import type { Policy } from '../../../src/negotiation/policy.ts';
import { policyOf } from '../../../src/roles/interface.ts';
import type { Attack } from './attack.ts';
import { changingFirst, makeOffering, openMessage1 } from './message-1.ts';
import { works } from './messages.ts';
import { PATIENCE_MS, SmallNetwork } from './small-network.ts';
import { until } from './until.ts';

/** What is left of the offer, and what an attacker with the gateway's key takes of another. */
const WEAK = Object.freeze({ integrity: [Integrity.hmac64], confidentiality: [Confidentiality.none] });

export const downgradeMechanisms: Attack = {
  name: 'downgrade-mechanisms',
  title: 'Downgrade of mechanisms',
  does: 'Takes all encryption out of what a PNE offers its gateway, so that the weakest is left.',
  clause: 'selection',
  async strike(attempt) {
    const probe = await attempt.connect({}, changingFirst(weakened));
    const lines = ['the offer says now: integrity by HMAC 256/64, no encryption'];
    const refused = await attempt.refusal('CPNS-1', lines);
    return { ...refused, isHeld: refused.isHeld && !probe.hasAgreed('CPNS-1') };
  },
  /** Of a PNE that would rather have encryption, and does without. */
  async control() {
    const { integrity, confidentiality } = WEAK;
    const weak = policyWith(integrity, confidentiality);
    const network = new SmallNetwork({
      change: (own) => (own.name === 'CPNS-1' ? { ...own, policy: weak } : own),
    });
    const lenient = policyWith(
      [Integrity.tag64, ...integrity],
      [Confidentiality.aesCcm64, ...confidentiality],
    );
    const probe = network.connect({ hop: { policy: lenient } });
    await until(() => probe.hasAgreed('CPNS-1'), PATIENCE_MS, 'CPNS-1 was not secured');
    network.close();
    const { confidentiality: chosen } = probe.agreements[0]!.choice.toResponder;
    const what =
      'an attacker who has the key of the gateway, a PNE whose policy admits it: CPNS-1 has no encryption';
    return works(chosen === Confidentiality.none, what);
  },
};

function weakened(first: Uint8Array): Uint8Array {
  const opened = openMessage1(first);
  return makeOffering({ ...opened, offer: { ...opened.offer, toResponder: WEAK, toInitiator: WEAK } });
}

function policyWith(integrity: readonly number[], confidentiality: readonly number[]): Policy {
  const protection = {
    integrity: { accepted: integrity, floor: 0 },
    confidentiality: { accepted: confidentiality, floor: 0 },
  };
  return { ...policyOf('pne', 'CPNS-1'), toResponder: protection, toInitiator: protection };
}
