// SPDX-License-Identifier: Apache-2.0

import { mechanismName } from '../../negotiation/names.ts';
import type { ReasonName } from '../../refusal.ts';
import type { Agreement } from '../../roles/interface.ts';

/** What the log says of an agreement besides who it is with. */
export function agreementFacts({ name, choice, linkKind }: Agreement): Record<string, string> {
  return {
    interface: name,
    protection: mechanismName(choice.toResponder.confidentiality, linkKind),
    by: mechanismName(choice.authentication, linkKind),
  };
}

/** A gateway proves itself before anything is said of it: that it is unknown is all that can be told. */
export function gatewayRefusal(reason: ReasonName, gateway: string | undefined): Record<string, string> {
  if (gateway !== undefined) return { reason, gateway };
  return reason === 'credentialUnknown' ? { reason, try: 'pne-runtime admin add-gateway' } : { reason };
}
