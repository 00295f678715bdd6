// SPDX-License-Identifier: Apache-2.0

/**
 * What a simulated board tells its user, on the link that brings its readings, beside the messages of
 * firmware/sensors/sensor-message.ts:
 *
 *     board -> host   answer   = [5, number: uint, reason: uint, status: uint, * (uint / bstr)]
 *     board -> host   notice   = [6, reference: uint, owner: tstr, gateway: tstr]                  ; '': none
 *     board -> host   question = [7, question: 1.., operation: uint, subject: tstr, target: tstr]
 *
 * An answer is to the order of that number (order-message.ts). `reason`: why it came to nothing (src/refusal.ts); 0,
 * the server has answered it with `status` (src/roles/status.ts) and results. Number 0: to what had none. Notice and
 * question are what src/roles/notice-message.ts and src/roles/consent-message.ts say.
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { refuse } from '../../src/refusal.ts';
import { ASKED_OPERATIONS, type NumberedQuestion } from '../../src/roles/consent.ts';
import { numberOf } from '../../src/roles/key-message.ts';
import type { GroupNotice } from '../../src/roles/notice-message.ts';
import type { ServiceResult } from '../../src/roles/service-message.ts';
import { MAX_ORDER_NUMBER } from './order-message.ts';

export const NewsType = Object.freeze({ answer: 5, notice: 6, question: 7 } as const);

export interface OrderAnswer {
  readonly number: number;
  readonly reason: number;
  readonly status: number;
  readonly results: readonly ServiceResult[];
}

export type News =
  | ({ readonly type: typeof NewsType.answer } & OrderAnswer)
  | ({ readonly type: typeof NewsType.notice } & Omit<GroupNotice, 'credential'>)
  | ({ readonly type: typeof NewsType.question } & NumberedQuestion);

/** Of a reason, and of a status. */
const MAX_CODE = 0xffff;

export function encodeNews(news: News): Uint8Array {
  return encodeFlat([news.type, ...fieldsOf(news)]);
}

function fieldsOf(news: News): FlatItem[] {
  switch (news.type) {
    case NewsType.answer:
      return [news.number, news.reason, news.status, ...news.results];
    case NewsType.notice:
      return [news.reference, news.owner ?? '', news.gateway ?? ''];
    default:
      return [news.number, ASKED_OPERATIONS.indexOf(news.operation), news.subject, news.target];
  }
}

/** Undefined where it is none of these. Owns what is in it. Refuses `messageInvalid` what is one in part. */
export function decodeNews(bytes: Uint8Array): News | undefined {
  const [type, ...fields] = decodeFlat(bytes);
  switch (type) {
    case NewsType.answer:
      return readAnswer(fields);
    case NewsType.notice:
      return readNotice(fields);
    case NewsType.question:
      return readQuestion(fields);
    default:
      return undefined;
  }
}

function readAnswer([number, reason, status, ...results]: readonly FlatItem[]): News {
  return {
    type: NewsType.answer,
    number: numberOf(number, MAX_ORDER_NUMBER),
    reason: numberOf(reason, MAX_CODE),
    status: numberOf(status, MAX_CODE),
    results: results.map((item) => (typeof item === 'string' ? refuse('messageInvalid') : item)),
  };
}

function readNotice([reference, owner, gateway, ...more]: readonly FlatItem[]): News {
  if (more.length > 0) refuse('messageInvalid');
  return {
    type: NewsType.notice,
    reference: numberOf(reference, ImplementationLimits.maxGroupReference),
    owner: textIn(owner) || undefined,
    gateway: textIn(gateway) || undefined,
  };
}

function readQuestion([number, operation, subject, target, ...more]: readonly FlatItem[]): News {
  if (more.length > 0) refuse('messageInvalid');
  return {
    type: NewsType.question,
    number: numberOf(number, Number.MAX_SAFE_INTEGER),
    operation: ASKED_OPERATIONS[numberOf(operation, MAX_CODE)] ?? refuse('messageInvalid'),
    subject: textIn(subject),
    target: textIn(target),
  };
}

function textIn(item: FlatItem | undefined): string {
  return typeof item === 'string' ? item : refuse('messageInvalid');
}
