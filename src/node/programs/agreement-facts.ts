// SPDX-License-Identifier: Apache-2.0

import { mechanismName } from '../../negotiation/names.ts';
import type { Agreement } from '../../roles/interface.ts';

/** What the log says of an agreement besides who it is with. */
export function agreementFacts({ name, choice, linkKind }: Agreement): Record<string, string> {
  return {
    interface: name,
    protection: mechanismName(choice.toResponder.confidentiality, linkKind),
    by: mechanismName(choice.authentication, linkKind),
  };
}
