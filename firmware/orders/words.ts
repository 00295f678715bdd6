// SPDX-License-Identifier: Apache-2.0

/** What a device says on its console to its user: a line each. */
import { decodeFlat } from '../../src/cbor/flat.ts';
import type { Membership } from '../../src/groups/epoch.ts';
import { Reason, type ReasonName } from '../../src/refusal.ts';
import type { NumberedQuestion } from '../../src/roles/consent.ts';
import type { GroupNotice } from '../../src/roles/notice-message.ts';
import type { ServiceResult } from '../../src/roles/service-message.ts';
import type { OrderAnswer } from './news-message.ts';

/** Results are shown as src/roles/service-message.ts has them, as JSON. */
export function answerLine({ number, reason, status, results }: OrderAnswer): string {
  if (reason !== 0) return `order ${number} refused ${nameOf(reason)} (${reason})`;
  const shown = results.length === 0 ? '' : `: ${plain(JSON.stringify(results.map(itemsOf)))}`;
  return `order ${number} answered with status ${status}${shown}`;
}

export function groupLine(reference: number, membership: Membership | undefined): string {
  return membership === undefined
    ? `group ${reference}: no key any more`
    : `group ${reference}: key of epoch ${membership.epoch}, sender ${membership.sender}`;
}

export function withheldLine(reference: number): string {
  return `group ${reference}: key withheld`;
}

export function noticeLine({ reference, owner, gateway }: GroupNotice): string {
  const at = gateway === undefined ? '' : `, at gateway ${plain(gateway)}`;
  return `group ${reference}: owner ${owner === undefined ? 'none' : plain(owner)}${at}`;
}

export function questionLine({ number, operation, subject, target }: NumberedQuestion): string {
  return `question ${number}: ${plain(subject)} wants ${operation} of ${plain(target)}`;
}

function nameOf(reason: number): string {
  const names = Object.keys(Reason) as ReasonName[];
  return names.find((name) => Reason[name] === reason) ?? '';
}

/** Names come from elsewhere: none of them ends a line, moves a cursor or turns the direction. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\u1fff\u2070-\ud7ff]/g, '?');
}

function itemsOf(result: ServiceResult): unknown {
  return typeof result === 'number' ? result : decodeFlat(result);
}
