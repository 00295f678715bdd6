// SPDX-License-Identifier: Apache-2.0

/**
 * How a PNE joins that has nothing but its id and a one-time secret: one handshake by EDHOC-PSK with the server, through
 * a gateway that relays it, with an item of EAD in its last two messages.
 *
 *     EAD_3 = PNE's key: sign ‖ x                             ; its credential follows (compact-credential.ts)
 *     EAD_4 = [status: uint] / [0, server: bstr, gateway: bstr, grant: bstr]   ; compact credentials
 *
 * Each end proves that it has the secret before the other uses what it says, and nobody else can read it. The secret is
 * bound to the first key that comes with it: the same key may come again, where an answer was lost, and no other.
 */
import { encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { CborWriter } from '../cbor/writer.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { Party } from '../handshake/credential.ts';
import type { EadItem } from '../handshake/ead.ts';
import { createPreSharedKey, type PreSharedKey } from '../handshake/psk/credential.ts';
import { refuse } from '../refusal.ts';

/** Local and not registered (RFC 9528 section 10.5). Always critical. */
export const ONBOARDING_EAD_LABEL = 32769;

const OnboardingStatus = Object.freeze({ joined: 0, used: 1 } as const);

/** What a PNE has after it has joined. Credentials are compact, the grant is not looked into. */
export interface Membership {
  readonly server: Uint8Array;
  readonly gateway: Uint8Array;
  readonly grant: Uint8Array;
}

const KID_BYTES = 2;
const PSK_BYTES = 16;
const SUBJECT_CLAIM = 2;
/** What HKDF-Expand makes them of: the secret is for nothing else. */
const LABEL = Object.freeze({ psk: 'onboarding psk', kid: 'onboarding kid' } as const);

/**
 * The key of the handshake, which names the PNE by its id and the server by nothing: what they are called is not known
 * yet. `secret` stays the caller's.
 */
export function onboardingKey(provider: CryptoProvider, pneId: string, secret: Secret): PreSharedKey {
  const sha256 = Algorithm.SHA_256;
  const prk = provider.extract(sha256, encodeUtf8(pneId), secret);
  try {
    const kid = provider.expand(sha256, prk, encodeUtf8(LABEL.kid), KID_BYTES);
    const psk = provider.expandSecret(sha256, prk, encodeUtf8(LABEL.psk), PSK_BYTES);
    const { initiator, responder } = onboardingParties(pneId);
    return createPreSharedKey(kid, psk, initiator, responder);
  } finally {
    prk.wipe();
  }
}

/** Who the two are in this handshake: CCS of a subject alone, and of nothing. */
export function onboardingParties(pneId: string): { readonly initiator: Party; readonly responder: Party } {
  return {
    initiator: { cred: new CborWriter().map(1).integer(SUBJECT_CLAIM).textString(pneId).finish() },
    responder: { cred: new CborWriter().map(0).finish() },
  };
}

/** sign ‖ x of a key of P-256 */
export function compressedKey(publicKey: Uint8Array): Uint8Array {
  const bytes = publicKey.slice(0, 1 + publicKey.length / 2);
  bytes.copyWithin(1, 0);
  bytes[0] = publicKey[publicKey.length - 1]! & 1;
  return bytes;
}

export function onboardingItem(value: Uint8Array): EadItem {
  return { label: ONBOARDING_EAD_LABEL, critical: true, value };
}

/** Refuses `messageInvalid` where the one item that is expected is not there, or another is. */
export function onboardingValue(items: readonly EadItem[]): Uint8Array {
  const value = items[0]?.value;
  if (items.length !== 1 || !items[0]!.critical || value === undefined) return refuse('messageInvalid');
  return value;
}

export function encodeAnswer(answer: Membership | 'used'): Uint8Array {
  if (answer === 'used') return encodeFlat([OnboardingStatus.used]);
  return encodeFlat([OnboardingStatus.joined, answer.server, answer.gateway, answer.grant]);
}

/** Owns what it returns. Refuses `onboardingUsed` where the server says so, `messageInvalid` whatever is no answer. */
export function decodeAnswer(bytes: Uint8Array): Membership {
  const items = decodeFlat(bytes);
  const [status, server, gateway, grant] = items;
  if (status === OnboardingStatus.used && items.length === 1) refuse('onboardingUsed');
  if (status === OnboardingStatus.joined && items.length === 4) {
    if (typeof server === 'object' && typeof gateway === 'object' && typeof grant === 'object')
      return { server, gateway, grant };
  }
  return refuse('messageInvalid');
}
