// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import {
  type AeadParameters,
  Algorithm,
  algorithmParameters,
  type MacParameters,
} from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { encodeInfo } from './info.ts';
import { baseIv } from './nonce.ts';
import { createAuthentication, createEncryption, type Protection } from './protection.ts';

/**
 * The input parameters of RFC 8613 section 3.2, as a handshake or provisioning agrees on them. All byte
 * strings are borrowed while the session is created; the secret stays the caller's to wipe.
 */
export interface SecurityContext {
  readonly provider: CryptoProvider;
  /** COSE number for what this end sends: an AEAD encrypts, a MAC protects integrity only. */
  readonly algorithm: number;
  /** The same for what it receives, where that differs. */
  readonly recipientAlgorithm?: number;
  readonly masterSecret: Secret;
  /** Zero-length for none. */
  readonly masterSalt: Uint8Array;
  readonly senderId: Uint8Array;
  readonly recipientId: Uint8Array;
  /** Sent as kid context with every record, where there is one. Up to 16 bytes. */
  readonly idContext?: Uint8Array;
}

/** One direction: the Sender Context or the Recipient Context (RFC 8613 section 3.1). */
export interface DirectionContext {
  readonly algorithm: number;
  /** Bytes of the tag at the end of a body. */
  readonly tagLength: number;
  readonly kid: Uint8Array;
  readonly kidContext: Uint8Array | undefined;
  readonly protection: Protection;
}

export interface DerivedContexts {
  readonly sender: DirectionContext;
  readonly recipient: DirectionContext;
}

/**
 * Derives keys and IVs with HKDF SHA-256 (RFC 8613 section 3.2.1). Refuses with `unsupportedAlgorithm` what
 * the provider lacks, with `badArgument` IDs that are too long, or equal: each end would then accept what it
 * sent itself.
 */
export function deriveContexts(context: SecurityContext): DerivedContexts {
  const { provider, algorithm, recipientAlgorithm = algorithm, senderId, recipientId } = context;
  const sending = recordParameters(provider, algorithm);
  const receiving = recordParameters(provider, recipientAlgorithm);
  checkIds(context, Math.min(maxIdLength(sending), maxIdLength(receiving)));
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, context.masterSalt, context.masterSecret);
  try {
    const protectSent = protections(context, algorithm, sending, pseudorandomKey);
    const protectReceived =
      algorithm === recipientAlgorithm
        ? protectSent
        : protections(context, recipientAlgorithm, receiving, pseudorandomKey);
    return {
      sender: direction(context, algorithm, sending, senderId, protectSent),
      recipient: direction(context, recipientAlgorithm, receiving, recipientId, protectReceived),
    };
  } finally {
    pseudorandomKey.wipe();
  }
}

type RecordParameters = AeadParameters | MacParameters;

/** Makes the protection of one direction from the Sender ID of that direction. */
type Protections = (kid: Uint8Array) => Protection;

function recordParameters(provider: CryptoProvider, algorithm: number): RecordParameters {
  const parameters = algorithmParameters(algorithm);
  if (parameters === undefined || parameters.kind === 'hash') refuse('unsupportedAlgorithm');
  if (!provider.supports(algorithm)) refuse('unsupportedAlgorithm');
  return parameters;
}

/** RFC 8613 section 3.3. A MAC has no nonce: its IDs are bounded by the record alone. */
function maxIdLength(parameters: RecordParameters): number {
  return parameters.kind === 'aead' ? parameters.nonceLength - 6 : SpecificationLimits.maxKidBytes;
}

function checkIds({ senderId, recipientId, idContext }: SecurityContext, maxLength: number): void {
  if (senderId.length > maxLength || recipientId.length > maxLength) refuse('badArgument');
  if (equalBytes(senderId, recipientId)) refuse('badArgument');
  if (idContext !== undefined && idContext.length > ImplementationLimits.maxKidContextBytes) {
    refuse('badArgument');
  }
}

function direction(
  { idContext }: SecurityContext,
  algorithm: number,
  { tagLength }: RecordParameters,
  id: Uint8Array,
  protectionOf: Protections,
): DirectionContext {
  const kid = id.slice();
  return { algorithm, tagLength, kid, kidContext: idContext?.slice(), protection: protectionOf(kid) };
}

function protections(
  context: SecurityContext,
  algorithm: number,
  parameters: RecordParameters,
  pseudorandomKey: Secret,
): Protections {
  const { provider } = context;
  const { keyLength, tagLength } = parameters;

  function withKey<Key>(kid: Uint8Array, bind: (secret: Secret) => Key): Key {
    const info = encodeInfo(kid, context.idContext, algorithm, 'Key', keyLength);
    const secret = provider.expandSecret(Algorithm.SHA_256, pseudorandomKey, info, keyLength);
    const key = bind(secret);
    secret.wipe();
    return key;
  }

  if (parameters.kind === 'mac') {
    const bind = (secret: Secret) => provider.macKey(algorithm, secret);
    return (kid) => createAuthentication(algorithm, kid, withKey(kid, bind), tagLength);
  }
  const bind = (secret: Secret) => provider.aeadKey(algorithm, secret);
  const commonIv = deriveCommonIv(context, algorithm, parameters, pseudorandomKey);
  return (kid) => createEncryption(algorithm, kid, withKey(kid, bind), baseIv(commonIv, kid));
}

function deriveCommonIv(
  { provider, idContext }: SecurityContext,
  algorithm: number,
  { nonceLength }: AeadParameters,
  pseudorandomKey: Secret,
): Uint8Array {
  const info = encodeInfo(new Uint8Array(0), idContext, algorithm, 'IV', nonceLength);
  return provider.expand(Algorithm.SHA_256, pseudorandomKey, info, nonceLength);
}
