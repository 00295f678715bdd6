// SPDX-License-Identifier: Apache-2.0

/** What the tests of the handshake share. No image imports it. */

import { createFill } from '../bytes/random.testing.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Curve, curveParameters } from '../crypto/curves.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import { withRecords } from '../session/records.ts';
import { ccsCredential, encodeCcs, type Identity } from './credential.ts';
import type { EadItem } from './ead.ts';
import { createInitiator, type Initiator, type InitiatorOptions } from './initiator.ts';
import { createKeySchedule } from './key-schedule.ts';
import { encodeMessage2 } from './message-2.ts';
import { xorKeystream2 } from './message-keys.ts';
import { createResponder, type Responder, type ResponderOptions } from './responder.ts';
import { supportedSuite } from './suite.ts';
import { transcript2 } from './transcript.ts';

/** The reason why `act` is refused, or 'accepted'. Anything else that is thrown is passed on. */
export function outcome(act: () => unknown): ReasonName | 'accepted' {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
}

/** A provider with randomness of its own, the same in every run. */
export function createProvider(seed: number): CryptoProvider {
  return withRecords(createNobleProvider(createFill(seed)));
}

/** A CCS with subject and kid, and the key that belongs to it. */
export function createIdentity(
  provider: CryptoProvider,
  curve: number,
  subject: string,
  kid: Uint8Array,
): Identity {
  const privateKey = provider.generateKey(curve);
  return { privateKey, credential: credentialFor(privateKey.publicKey, curve, subject, kid) };
}

export function credentialFor(publicKey: Uint8Array, curve: number, subject: string, kid: Uint8Array) {
  return ccsCredential(encodeCcs({ curve, publicKey, kid }, subject));
}

export interface Ends {
  readonly initiatorOptions: InitiatorOptions;
  readonly responderOptions: ResponderOptions;
  readonly initiator: Initiator;
  readonly responder: Responder;
  readonly initiatorIdentity: Identity;
  readonly responderIdentity: Identity;
}

export const C_I = Uint8Array.of(0x0e);
export const C_R = Uint8Array.of(0x27);

/** Two ends that know each other's credentials, by default with method 3 and suite 2. */
export function createEnds(method = 3, suite = 2, knownEad: readonly number[] = []): Ends {
  const [here, there] = [createProvider(1), createProvider(2)];
  const initiatorIdentity = createIdentity(here, curveFor(method, suite, 2), 'pne', Uint8Array.of(0x2b));
  const responderIdentity = createIdentity(there, curveFor(method, suite, 1), 'gateway', Uint8Array.of(0x32));
  const initiatorOptions = {
    provider: here,
    method,
    suites: [suite],
    identities: [initiatorIdentity],
    knownEad,
  };
  const responderOptions = {
    provider: there,
    methods: [method],
    suites: [suite],
    identities: [responderIdentity],
    knownEad,
  };
  const initiator = createInitiator(initiatorOptions);
  const responder = createResponder(responderOptions);
  return { initiatorOptions, responderOptions, initiator, responder, initiatorIdentity, responderIdentity };
}

/** Runs to a verified message_3, with EAD where given. */
export function runToMessage3(ends: Ends, ead: readonly (readonly EadItem[])[] = []) {
  const waiting = ends.initiator.start({ connectionId: C_I, ead1: ead[0] ?? [] });
  const received = ends.responder.receive(waiting.message);
  const answer = received.respond({ connectionId: C_R, ead2: ead[1] ?? [] });
  const verifiedResponder = waiting.receive(answer.message).verify(ends.responderIdentity.credential);
  const unconfirmed = verifiedResponder.finish(ead[2] ?? []);
  const verifiedInitiator = answer.receive(unconfirmed.message).verify(ends.initiatorIdentity.credential);
  return { waiting, received, answer, verifiedResponder, unconfirmed, verifiedInitiator };
}

/** Runs the whole handshake, message_4 included. */
export function run(ends: Ends, ead: readonly (readonly EadItem[])[] = []) {
  const states = runToMessage3(ends, ead);
  const answered = states.verifiedInitiator.answer(ead[3] ?? []);
  const confirmed = states.unconfirmed.receive(answered.message);
  return { ...states, answered, confirmed, here: confirmed.established, there: answered.established };
}

/** A message_2 as an attacker makes it: right up to the plaintext, which is whatever it likes. */
export function forgeMessage2(
  provider: CryptoProvider,
  suiteNumber: number,
  message1: Uint8Array,
  gX: Uint8Array,
  plaintext2: Uint8Array,
): Uint8Array {
  const suite = supportedSuite(provider, suiteNumber);
  const schedule = createKeySchedule(provider, suite);
  const key = provider.generateKey(suite.curve);
  const gY = key.publicKey.subarray(0, curveParameters(suite.curve)!.coordinateLength);
  const th2 = transcript2(schedule, gY, message1);
  const prk2e = schedule.extract(th2, provider.agree(key, gX));
  return encodeMessage2({ gY, ciphertext2: xorKeystream2(schedule, prk2e, th2, plaintext2) });
}

/** A copy with one bit changed. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  return flipped;
}

export function text(value: string): Uint8Array {
  return encodeUtf8(value);
}

/** The curve of an authentication key: signature where the method's bit is clear, else static. */
function curveFor(method: number, suite: number, bit: 1 | 2): number {
  const isX25519 = suite < 2 || suite === 4 || suite === 6;
  if ((method & bit) !== 0) return isX25519 ? Curve.X25519 : Curve.P256;
  return isX25519 && suite !== 6 ? Curve.Ed25519 : Curve.P256;
}
