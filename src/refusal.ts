// SPDX-License-Identifier: Apache-2.0

/**
 * Why something was refused. The numbers are stable: they appear in reports, rings and tests, and are
 * never reused. Codes are grouped by the room that raises them.
 */
export const Reason = Object.freeze({
  // bytes, cbor (1x)
  truncated: 10,
  trailingBytes: 11,
  notWellFormed: 12,
  notDeterministic: 13,
  duplicateKey: 14,
  invalidUtf8: 15,
  wrongType: 16,
  tooLong: 17,
  tooDeep: 18,
  tooManyItems: 19,
  // handshake (2x)
  methodNotSupported: 20,
  suiteNotSupported: 21,
  connectionIdInvalid: 22,
  credentialUnknown: 23,
  credentialInvalid: 24,
  macInvalid: 25,
  signatureInvalid: 26,
  criticalEadUnknown: 27,
  stateInvalid: 28,
  peerRefused: 29,
  // crypto (3x)
  badArgument: 30,
  unsupportedAlgorithm: 31,
  keyWiped: 32,
  publicKeyInvalid: 33,
  // cose, session (4x)
  headerInvalid: 40,
  contextUnknown: 41,
  kidUnknown: 42,
  integrityFailure: 43,
  decryptionFailure: 44,
  replay: 45,
  sequenceExhausted: 46,
  keyLimitReached: 47,
  formNotAccepted: 48,
  targetTooShort: 49,
  // link, roles (6x)
  frameInvalid: 60,
  messageInvalid: 61,
  queueFull: 62,
  linkClosed: 63,
  notProvisioned: 64,
  fragmentOutOfOrder: 65,
  /** A boot counter that is not above those before: a store rolled back or erased, or a second device. */
  epochBehind: 66,
  /** The peer has received more than this end remembers to have sent: its own store is rolled back or erased. */
  storeBehind: 67,
  /** A number so far behind those received that nobody can tell whether its message was delivered. */
  tooOldToTell: 68,
  /** The store did not take what has to be kept before going on. */
  storeFailed: 69,
  // negotiation (7x)
  mechanismNotSupported: 70,
  negotiationMismatch: 71,
  belowFloor: 72,
  attestationInsufficient: 73,
  channelMismatch: 74,
  negotiationInvalid: 75,
  methodNotPreferred: 76,
  // 8x: the self-test of devices (firmware/selftest/codes.ts)
  // stored by gateway and server (9x)
  recordInvalid: 90,
  /** Another process has stored what is known of a PNE: this one was not to say anything of it. */
  recordSuperseded: 91,
  // stored by a device (9x)
  /** A record that does not verify: altered, moved from another place, or of another device. */
  sealInvalid: 92,
  /** A record that was good once: another has taken its place since. */
  sealStale: 93,
  /** A record that was not removed and is not there. */
  sealMissing: 94,
  /** What says which records there are does not verify: none of them counts. */
  storeInvalid: 95,
  // keys, groups (10x)
  /** A key's state is left for another one only as the table says (src/keys/lifecycle.ts). */
  keyMoveInvalid: 100,
  /** A key was asked for what it is not for, or not any more. */
  keyPurposeInvalid: 101,
  /** An epoch of a key that has ended, or one that this end does not know. */
  keyEpochInvalid: 102,
  keyUnwrapFailed: 103,
  /** There is no key of this group here. */
  groupUnknown: 104,
  /** Whoever sends a content to a group is not the member that it names. */
  senderForeign: 105,
  /** No room for one more member, sender or group. */
  groupFull: 106,
  /** A peer shows, again and again, that it has another key than it was sent. */
  keyProofInvalid: 107,
  /** The server keeps a key back: its holder was revoked, or is not to have it. */
  keyWithheld: 108,
  // onboarding (11x)
  /** No code waits under this reference: it is of another network, was never registered, or its device has joined. */
  onboardingUnknown: 110,
  /** Another device has joined by this code. */
  onboardingUsed: 111,
  /** This is no code, or it was mistyped. */
  onboardingCodeInvalid: 112,
  /** The code is for another network. */
  onboardingForeign: 113,
  /** The gateway relays no more for a PNE that has not joined. */
  onboardingClosed: 114,
  // authorization (12x)
  /** No grant that holds permits it. */
  notAuthorized: 120,
  grantInvalid: 121,
  grantExpired: 122,
  /** Its sequence is below the minimum that is known of its subject. */
  grantRevoked: 123,
  /** A grant for somebody else to decide by. */
  audienceMismatch: 124,
  /** Who shows a grant has not proved the key in its cnf. */
  subjectMismatch: 125,
  /** Its owner has to be asked, and there is no way to. */
  consentRequired: 126,
  notOwner: 127,
  // readings sent together (13x)
  /** A number that stands for no name in this session. */
  nameUnknown: 130,
  /** Names other than those that were told before, or that no dictionary holds. */
  namesInvalid: 131,
  /** A number in another than its shortest form. */
  notConcise: 132,
  // updates of a device's program (14x)
  /** The image is for another board. */
  updateForeign: 140,
  /** Its version is not above that of the image that is there: an older one, or the same again. */
  updateBehind: 141,
  /** It is longer than the board has room for. */
  updateTooLong: 142,
  /** Bytes that are not those which were signed: fewer, more, or others. */
  updateDamaged: 143,
  // what PNEs ask of a server (15x)
  /** A PNE that would have to be in a PN is in another. */
  networkTaken: 150,
  /** The server has not answered, time and again: whether it was done is not known. */
  unanswered: 151,
  // users (16x)
  /** There is no such user, or he is to go. */
  userUnknown: 160,
  /** There is a user of this id already; or the device is another user's. */
  userTaken: 161,
  /** The device is not this user's, or is at another gateway than the one that has registered him. */
  userForeign: 162,
  /** The proof is not of the user's code, or he has none. */
  userCodeInvalid: 163,
  userCodeExpired: 164,
  /** His code is for another device, or was used at another gateway. */
  userCodeSpent: 165,
  /** Too many proofs were wrong: his code is worth nothing any more. */
  userTries: 166,
  /** No gateway has registered this user for the PNE. */
  userUnregistered: 167,
} as const);

export type ReasonName = keyof typeof Reason;
export type ReasonCode = (typeof Reason)[ReasonName];

/**
 * The one error the runtime raises. It carries no data of the message that was refused; `about` says which of
 * the things is meant that an operator put in.
 */
export class Refusal extends Error {
  readonly reason: ReasonCode;
  readonly reasonName: ReasonName;

  constructor(reasonName: ReasonName, about?: string) {
    super(`${reasonName} (${Reason[reasonName]})${about === undefined ? '' : `: ${about}`}`);
    this.reason = Reason[reasonName];
    this.reasonName = reasonName;
  }
}

/**
 * Refuses with a reason, by its name or, where code knows no names, its number: C does not, nor does the program
 * in a device (tools/build/numbers.ts). Typed `never`, so that it ends a branch as `throw` does.
 */
export function refuse(reason: ReasonName | number, about?: string): never {
  throw new Refusal(typeof reason === 'number' ? nameOf(reason) : reason, about);
}

function nameOf(number: number): ReasonName {
  const names = Object.keys(Reason) as ReasonName[];
  const name = names.find((each) => Reason[each] === number);
  if (name === undefined) throw new Error(`no reason has the number ${number}`);
  return name;
}
