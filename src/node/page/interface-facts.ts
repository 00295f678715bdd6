// SPDX-License-Identifier: Apache-2.0

import { mechanismName } from '../../negotiation/names.ts';
import type { Agreement } from '../../roles/interface.ts';

export interface InterfaceFacts {
  readonly name: string;
  /** Who is at the other end of CPNS-2, and of the others. */
  readonly gateway?: string;
  readonly pne?: string;
  readonly method: number;
  readonly suite: number;
  readonly authentication: string;
  readonly integrity: string;
  readonly confidentiality: string;
  readonly handshakeBytes: number;
  readonly handshakeMessages: number;
}

/** What one PNE agreed on with its gateway (CPNS-1) or the server (CPNS-3), or a gateway with the server (CPNS-2). */
export function interfaceFacts(agreement: Agreement): InterfaceFacts {
  const { choice, linkKind, peer } = agreement;
  const nameOf = (mechanism: number) => mechanismName(mechanism, linkKind);
  const { integrity, confidentiality } = choice.toResponder;
  return {
    name: agreement.name,
    [agreement.name === 'CPNS-2' ? 'gateway' : 'pne']: peer.subject,
    method: agreement.method,
    suite: agreement.suite,
    authentication: nameOf(choice.authentication),
    integrity: nameOf(integrity),
    confidentiality: nameOf(confidentiality),
    handshakeBytes: agreement.handshakeBytes,
    handshakeMessages: agreement.handshakeMessages,
  };
}
