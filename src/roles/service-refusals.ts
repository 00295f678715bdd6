// SPDX-License-Identifier: Apache-2.0

/** Why a server does not do what it is asked for (service-message.ts): the status, and the reason at either end. */
import { type ReasonName, Refusal } from '../refusal.ts';
import { Status, type StatusCode } from './status.ts';

interface Row {
  readonly reason: ReasonName;
  readonly status: StatusCode;
  readonly about: string;
}

const ROWS: readonly Row[] = Object.freeze([
  row('badArgument', Status.badRequest, 'the server takes no such name, number or list'),
  row('notAuthorized', Status.notAuthorized, 'no grant permits it'),
  row('consentRequired', Status.consentRequired, 'its owner has not consented'),
  row('notOwner', Status.notOwner, 'it is owned by another'),
  row('groupUnknown', Status.groupUnknown, 'there is no such PN or group'),
  row('credentialUnknown', Status.entityUnknown, 'there is no such device where it would have to be'),
  row('groupFull', Status.full, 'there is no room for one more'),
  row('networkTaken', Status.networkTaken, 'a device is in another PN'),
]);

/** What a PNE is told of a refusal: of one that has no status of its own, that it may not. */
export function statusOf(reason: ReasonName): StatusCode {
  return ROWS.find((each) => each.reason === reason)?.status ?? Status.notAuthorized;
}

/** What a PNE is told, as a refusal with a line that says why. One that it does not know is `messageInvalid`. */
export function refusalOf(status: number): Refusal {
  const known = ROWS.find((each) => each.status === status);
  return known === undefined ? new Refusal('messageInvalid') : new Refusal(known.reason, known.about);
}

function row(reason: ReasonName, status: StatusCode, about: string): Row {
  return Object.freeze({ reason, status, about });
}
