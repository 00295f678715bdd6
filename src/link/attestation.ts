// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';
import { ImplementationLimits } from '../limits.ts';

/** What a link is made of. `stream` is a plain byte stream and proves nothing. */
export type LinkKind = 'stream' | 'ble' | 'tls' | 'ipsec';

/** What the host's stack reports about one link, as it is: nothing here is believed yet. */
export interface Attestation {
  readonly kind: LinkKind;
  readonly encrypted: boolean;
  /**
   * The peer was authenticated when the link was secured: a pairing protected against a man in the middle
   * (never Just Works), a verified certificate or IKE identity.
   */
  readonly authenticated: boolean;
  readonly bonded: boolean;
  /** Of the link's encryption key, in bytes. */
  readonly keySize: number;
  /** LE Secure Connections (Bluetooth Core, Vol 3 Part H). False on other links. */
  readonly secureConnections: boolean;
  /** Who the link says is at the other end: identity address, certificate name, IKE identity. */
  readonly peer?: Uint8Array;
  /**
   * What both ends of this link, and of no other, know: the tls-exporter value (RFC 9266), what is made of a
   * pairing's key or of the IKE exchange (RFC 5056). 8 to 64 bytes, public.
   */
  readonly channelBinding?: Uint8Array;
}

/** What a plain byte stream says of itself. */
export const PLAIN_STREAM: Attestation = Object.freeze({
  kind: 'stream',
  encrypted: false,
  authenticated: false,
  bonded: false,
  keySize: 0,
  secureConnections: false,
});

/** What a link may realise in place of CPNS, as strengths in bits. undefined: not at all. */
export interface LinkEvidence {
  readonly kind: LinkKind;
  readonly authentication: number | undefined;
  readonly integrity: number;
  readonly confidentiality: number;
  /** `linkBindingBytes` that name this channel at both ends. An offer that delegates carries them. */
  readonly binding: Uint8Array;
}

interface LinkTerms {
  /** Odds against impersonation when the link was secured: 20 bits are the six digits of a pairing. */
  readonly authentication: number;
  /** Bits of the tag on each packet. */
  readonly integrity: number;
  /** The link is secured by pairing, once, and counts only with a bond from LE Secure Connections. */
  readonly pairing: boolean;
  /**
   * The channel binding comes from the channel's own keys, so that a handshake that authenticates it shows
   * a man in the middle even where the link authenticated nobody (RFC 5056).
   */
  readonly exporter: boolean;
}

/** A stream has no row: it realises nothing, whatever it reports. */
const TERMS: Readonly<Record<string, LinkTerms>> = Object.freeze({
  __proto__: null,
  // AES-CCM with a 4-byte MIC (Bluetooth Core, Vol 6 Part E).
  ble: Object.freeze({ authentication: 20, integrity: 32, pairing: true, exporter: true }),
  tls: Object.freeze({ authentication: 128, integrity: 128, pairing: false, exporter: true }),
  // HMAC-SHA-1-96 is the least that IMS access accepts (3GPP TS 33.203).
  ipsec: Object.freeze({ authentication: 128, integrity: 96, pairing: false, exporter: false }),
} as unknown as Record<string, LinkTerms>);

const MIN_KEY_BYTES = 16;
const MIN_CHANNEL_BINDING_BYTES = 8;
const MAX_CHANNEL_BINDING_BYTES = 64;

/**
 * Returns what the link may realise, or undefined where it may realise nothing: a plain or unencrypted
 * link, a key under 16 bytes, no channel binding; a Bluetooth link without LE Secure Connections or bond; an
 * IPsec link without an authenticated peer. `hash` is SHA-256.
 */
export function linkEvidence(
  attestation: Attestation,
  hash: (data: Uint8Array) => Uint8Array,
): LinkEvidence | undefined {
  const { kind, channelBinding, peer, authenticated, keySize } = attestation;
  const terms = TERMS[kind];
  if (terms === undefined || !isSecured(attestation, terms)) return undefined;
  if (channelBinding === undefined || !isBinding(channelBinding)) return undefined;
  const isIdentified = authenticated && peer !== undefined && peer.length > 0;
  return Object.freeze({
    kind,
    authentication: isIdentified ? terms.authentication : undefined,
    integrity: terms.integrity,
    confidentiality: keySize * 8,
    binding: channelDigest(kind, channelBinding, hash),
  });
}

function isSecured(attestation: Attestation, terms: LinkTerms): boolean {
  if (!attestation.encrypted || !(attestation.keySize >= MIN_KEY_BYTES)) return false;
  if (terms.pairing && !(attestation.secureConnections && attestation.bonded)) return false;
  return attestation.authenticated || terms.exporter;
}

function isBinding({ length }: Uint8Array): boolean {
  return length >= MIN_CHANNEL_BINDING_BYTES && length <= MAX_CHANNEL_BINDING_BYTES;
}

/** The kind is hashed too: the same bytes on another kind of link name another channel. */
function channelDigest(
  kind: LinkKind,
  channelBinding: Uint8Array,
  hash: (data: Uint8Array) => Uint8Array,
): Uint8Array {
  const named = new CborWriter().array(2).textString(kind).byteString(channelBinding).finish();
  return hash(named).slice(0, ImplementationLimits.linkBindingBytes);
}
