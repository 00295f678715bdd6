// SPDX-License-Identifier: Apache-2.0

/** What a scenario wants to see of the layers below, and how it is to be without. */
import type { Link } from '../../../../src/link/link.ts';

/** What `--without` takes away, one at a time. */
export const EVIDENCE = Object.freeze([
  'channel-binding',
  'association',
  'policy',
  'exporter',
  'certificate',
] as const);

export type EvidenceName = (typeof EVIDENCE)[number];

/** A scenario ends for want of evidence. Its message is one line: what is missing, and what to do. */
export class EvidenceMissing extends Error {}

/** The link as it would be if its stack could not name the channel. */
export function unbound(link: Link): Link {
  return {
    send: (message) => link.send(message),
    attestation() {
      const { channelBinding, ...rest } = link.attestation();
      return rest;
    },
    close: () => link.close(),
  };
}
