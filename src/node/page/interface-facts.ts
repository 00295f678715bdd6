// SPDX-License-Identifier: Apache-2.0

import { mechanismName } from '../../negotiation/names.ts';
import type { InterfaceName } from '../../negotiation/policies.ts';
import type { Agreement } from '../../roles/interface.ts';

export interface InterfaceFacts {
  readonly name: string;
  /** Who is at the other end of CPNS-2, of CPNS-5, and of the others. */
  readonly gateway?: string;
  readonly entity?: string;
  readonly pne?: string;
  readonly method: number;
  readonly suite: number;
  readonly authentication: string;
  readonly integrity: string;
  readonly confidentiality: string;
  readonly handshakeBytes: number;
  readonly handshakeMessages: number;
}

const PEERS: Readonly<Partial<Record<InterfaceName, string>>> = Object.freeze({
  'CPNS-2': 'gateway',
  'CPNS-5': 'entity',
});

/** What one PNE agreed on with its gateway (CPNS-1) or the server (CPNS-3), or another one with the server. */
export function interfaceFacts(agreement: Agreement): InterfaceFacts {
  const { choice, linkKind, peer } = agreement;
  const nameOf = (mechanism: number) => mechanismName(mechanism, linkKind);
  const { integrity, confidentiality } = choice.toResponder;
  return {
    name: agreement.name,
    [PEERS[agreement.name] ?? 'pne']: peer.subject,
    method: agreement.method,
    suite: agreement.suite,
    authentication: nameOf(choice.authentication),
    integrity: nameOf(integrity),
    confidentiality: nameOf(confidentiality),
    handshakeBytes: agreement.handshakeBytes,
    handshakeMessages: agreement.handshakeMessages,
  };
}
