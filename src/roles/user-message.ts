// SPDX-License-Identifier: Apache-2.0

/**
 * Messages by which the user key of a PNE becomes a user's. Within the channel of contents (src/link/channel.ts), from
 * the gateway at which he has proved who he is; no content begins so:
 *
 *     trigger      = 01 ‖ [user: tstr]                                ; gateway -> PNE: installation and trigger in one
 *
 * and inside protected records of CPNS-3, as those of key-message.ts are:
 *
 *     user-request = [20, user: tstr]                                 ; PNE -> server: its user key is to be his
 *     user-answer  = [21, status: uint, user: tstr]                   ; server -> PNE: ok, it is, and comes
 *     key-update   = [8, 0, epoch: uint, wrapped: bstr .size 24, user: tstr]   ; src/keys/user-wrapping.ts
 */
import { copyBytes, withHead } from '../bytes/copy.ts';
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { USER_KEY } from '../keys/reference.ts';
import { Channel } from '../link/channel.ts';
import { refuse } from '../refusal.ts';
import { KeyMessageType, MAX_EPOCH, numberOf } from './key-message.ts';

/** A content's first byte has its number of bytes of the Partial IV on top, which is never 0. */
const TRIGGER = 1;
/** As long as codes have it (src/node/onboarding-code.ts). */
const MAX_USER_LENGTH = 9;
const MAX_STATUS = 255;
const UPDATE_ITEMS = 5;

const { update, userRequest, userAnswer } = KeyMessageType;

export interface UserAnswer {
  readonly status: number;
  readonly user: string;
}

export interface UserKeyUpdate {
  readonly epoch: number;
  readonly wrapped: Uint8Array;
  readonly user: string;
}

export function encodeTrigger(user: string): Uint8Array {
  return withHead(Channel.groupContent, 1, withHead(TRIGGER, 1, encodeFlat([user])));
}

/** Of a message in the channel of contents, without its channel byte. */
export function isTrigger(bytes: Uint8Array): boolean {
  return bytes[0] === TRIGGER;
}

/** Returns the user. Refuses `messageInvalid` whatever is not exactly one, and so do the others. */
export function decodeTrigger(bytes: Uint8Array): string {
  const [user, ...more] = decodeFlat(copyBytes(bytes, 1));
  return more.length === 0 ? userIn(user) : refuse('messageInvalid');
}

export function encodeUserRequest(user: string): Uint8Array {
  return encodeFlat([userRequest, user]);
}

export function decodeUserRequest(bytes: Uint8Array): string {
  const [type, user, ...more] = decodeFlat(bytes);
  return type === userRequest && more.length === 0 ? userIn(user) : refuse('messageInvalid');
}

export function encodeUserAnswer({ status, user }: UserAnswer): Uint8Array {
  return encodeFlat([userAnswer, status, user]);
}

export function decodeUserAnswer(bytes: Uint8Array): UserAnswer {
  const [type, status, user, ...more] = decodeFlat(bytes);
  if (type !== userAnswer || more.length > 0) return refuse('messageInvalid');
  return { status: numberOf(status, MAX_STATUS), user: userIn(user) };
}

export function encodeUserUpdate({ epoch, wrapped, user }: UserKeyUpdate): Uint8Array {
  return encodeFlat([update, USER_KEY, epoch, wrapped, user]);
}

/** Undefined: it is another message than such an update. */
export function decodeUserUpdate(bytes: Uint8Array): UserKeyUpdate | undefined {
  if (bytes[1] !== update) return undefined;
  const items = decodeFlat(bytes);
  const [, reference, epoch, wrapped, user] = items;
  if (reference !== USER_KEY || items.length !== UPDATE_ITEMS) return undefined;
  if (typeof wrapped !== 'object') return refuse('messageInvalid');
  return { epoch: numberOf(epoch, MAX_EPOCH), wrapped, user: userIn(user) };
}

export function userIn(item: FlatItem | undefined): string {
  const isUser = typeof item === 'string' && item.length > 0 && item.length <= MAX_USER_LENGTH;
  return isUser ? item : refuse('messageInvalid');
}
