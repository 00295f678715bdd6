// SPDX-License-Identifier: Apache-2.0

/**
 * What a server's store holds of a group, a sequence of `group` and its members, and of a user key. No key is in it
 * (src/keys/hierarchy.ts).
 *
 *     group    = [version: 1, name: tstr, owner: tstr, flags: uint, epoch: uint, salt: bstr .size 16, rekeys: uint,
 *                 members: uint, ? (gateway: tstr, ? service: tstr .size (1..))]
 *                                                  ; owner, gateway '': none; flags: 1 signed, 2 urgent,
 *                                                  ; 4 the owner is a gateway, of a PN
 *     member   = [pne-id: tstr, sender: uint, first-boot: uint, ? administrator: 1]   ; of a PN, and not its owner
 *     user-key = [version: 1, epoch: uint, salt: bstr .size 16, revoked: 0 / 1, ? user: tstr .size (1..)]
 */
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { CborReader } from '../cbor/reader.ts';
import { SALT_BYTES } from '../keys/hierarchy.ts';
import { isPersonalNetwork } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { administratorsOf } from './administrators.ts';
import type { GroupRecord, Member, UserKeyRecord } from './group-record.ts';

const VERSION = 1;
const OWN_ITEMS = 8;
const SIGNED = 1;
const URGENT = 2;
const GATEWAYS = 4;
const MEMBER_ITEMS = 3;
const ADMINISTRATOR = 1;

export function encodeGroupRecord(record: GroupRecord): Uint8Array {
  const { name, owningGateway, owner = owningGateway ?? '', signed, isUrgent, key, rekeys, members } = record;
  const whose = owningGateway === undefined ? 0 : GATEWAYS;
  const flags = (signed ? SIGNED : 0) + (isUrgent ? URGENT : 0) + whose;
  const own = [VERSION, name, owner, flags, key.epoch, key.salt, rekeys, members.length];
  const head = encodeFlat([...own, ...tailOf(record)]);
  return joined([head, ...members.map(encodeMember)]);
}

function encodeMember({ pneId, sender, firstBoot, isAdministrator }: Member): Uint8Array {
  return encodeFlat([pneId, sender, firstBoot, ...(isAdministrator ? [ADMINISTRATOR] : [])]);
}

/** Owns what it returns. Refuses `recordInvalid` and what src/cbor refuses: whatever no server can have stored. */
export function decodeGroupRecord(reference: number, bytes: Uint8Array): GroupRecord {
  const reader = new CborReader(bytes);
  const items = reader.array();
  if (items < OWN_ITEMS || items > OWN_ITEMS + 2 || reader.unsigned() !== VERSION) refuse('recordInvalid');
  const name = reader.textString();
  const owner = reader.textString();
  const flags = reader.unsigned();
  const key = { epoch: reader.unsigned(), salt: reader.byteString().slice() };
  const rekeys = reader.unsigned();
  const count = reader.unsigned();
  const gateway = items > OWN_ITEMS ? reader.textString() : undefined;
  const service = items > OWN_ITEMS + 1 ? reader.textString() : undefined;
  if (flags > SIGNED + URGENT + GATEWAYS || key.salt.length !== SALT_BYTES) refuse('recordInvalid');
  if ((items === OWN_ITEMS + 1 && gateway === '') || service === '') refuse('recordInvalid');
  if (count > ImplementationLimits.groupMaxMembers) refuse('recordInvalid');
  const members = Array.from({ length: count }, () => readMember(reader));
  reader.end();
  checkMembers(members);
  const [signed, isUrgent] = [(flags & SIGNED) !== 0, (flags & URGENT) !== 0];
  const own = { reference, name, service: service ?? '' };
  const isOfGateway = (flags & GATEWAYS) !== 0;
  if (isOfGateway && (owner === '' || !isPersonalNetwork(reference))) refuse('recordInvalid');
  const whose = isOfGateway ? { owner: undefined, owningGateway: owner } : { owner: textIn(owner) };
  return checkAdministrators({
    ...own,
    ...whose,
    gateway: textIn(gateway),
    signed,
    isUrgent,
    key,
    rekeys,
    members,
  });
}

/** Nothing behind the last of them that there is. */
function tailOf({ gateway, service }: GroupRecord): string[] {
  if (service !== '') return [gateway ?? '', service];
  return gateway === undefined ? [] : [gateway];
}

function textIn(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

export function encodeUserKey({ epoch, salt, isRevoked, user }: UserKeyRecord): Uint8Array {
  return encodeFlat([VERSION, epoch, salt, isRevoked ? 1 : 0, ...(user === undefined ? [] : [user])]);
}

/** As `decodeGroupRecord`. */
export function decodeUserKey(bytes: Uint8Array): UserKeyRecord {
  const [version, epoch, salt, isRevoked, user, ...rest] = decodeFlat(bytes);
  const isRead =
    version === VERSION && typeof epoch === 'number' && typeof salt === 'object' && rest.length === 0;
  if (!isRead || salt.length !== SALT_BYTES || (isRevoked !== 0 && isRevoked !== 1)) refuse('recordInvalid');
  if (user === undefined) return { epoch, salt, isRevoked: isRevoked === 1 };
  if (typeof user !== 'string' || user === '') refuse('recordInvalid');
  return { epoch, salt, isRevoked: isRevoked === 1, user };
}

/** As concatBytes of so many parts that they are no arguments. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

function readMember(reader: CborReader): Member {
  const items = reader.array();
  if (items < MEMBER_ITEMS || items > MEMBER_ITEMS + 1) refuse('recordInvalid');
  const member = { pneId: reader.textString(), sender: reader.unsigned(), firstBoot: reader.unsigned() };
  if (items === MEMBER_ITEMS) return member;
  if (reader.unsigned() !== ADMINISTRATOR) refuse('recordInvalid');
  return { ...member, isAdministrator: true };
}

function checkAdministrators(record: GroupRecord): GroupRecord {
  const ids = administratorsOf(record);
  const isPossible = ids.length === 0 || isPersonalNetwork(record.reference);
  if (!isPossible || ids.length > NodeLimits.networkMaxAdmins) refuse('recordInvalid');
  return ids.some((id) => id === record.owner) ? refuse('recordInvalid') : record;
}

function checkMembers(members: readonly Member[]): void {
  const { groupMaxMembers, maxBootEpoch } = ImplementationLimits;
  const isPossible = ({ sender, firstBoot }: Member) => sender < groupMaxMembers && firstBoot <= maxBootEpoch;
  if (!members.every(isPossible)) refuse('recordInvalid');
  if (new Set(members.map(({ sender }) => sender)).size !== members.length) refuse('recordInvalid');
  if (new Set(members.map(({ pneId }) => pneId)).size !== members.length) refuse('recordInvalid');
}
