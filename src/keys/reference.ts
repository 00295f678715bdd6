// SPDX-License-Identifier: Apache-2.0

/**
 * Which key is meant, in one unsigned integer:
 *
 *     0          the user key (UK) of the PNE that the message is to or from
 *     2 n - 1    the PN key (PNK) of PN n, from 1
 *     2 n        the service-group key (SGK) of service group n, from 1
 */
export const USER_KEY = 0;

export type GroupKind = 'pn' | 'service';

/** `number`: of the PN or service group. */
export function referenceOf(kind: GroupKind, number: number): number {
  return kind === 'pn' ? 2 * number - 1 : 2 * number;
}

/** Which PN or service group a reference other than `USER_KEY` is of. */
export function groupNumber(reference: number): number {
  return Math.ceil(reference / 2);
}

export function isPersonalNetwork(reference: number): boolean {
  return reference % 2 === 1;
}
