// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import {
  type AeadParameters,
  Algorithm,
  algorithmParameters,
  type MacParameters,
} from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { RecordDirection } from '../crypto/records.ts';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { encodeInfo } from './info.ts';
import { baseIv as baseIvOf } from './nonce.ts';

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
export interface DirectionContext extends RecordDirection {
  readonly mode: 'encrypt' | 'integrity-only';
}

export interface DerivedContexts {
  readonly sender: DirectionContext;
  readonly recipient: DirectionContext;
  /** Wipes keys and IVs, of which whoever needs them longer has a copy. */
  wipe(): void;
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
  checkIds(context, Math.min(maxIdLength(algorithm), maxIdLength(recipientAlgorithm)));
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, context.masterSalt, context.masterSecret);
  try {
    const sent = directions(context, algorithm, sending, pseudorandomKey);
    const received =
      algorithm === recipientAlgorithm
        ? sent
        : directions(context, recipientAlgorithm, receiving, pseudorandomKey);
    const sender = sent(senderId);
    const recipient = received(recipientId);
    return {
      sender,
      recipient,
      wipe() {
        for (const { key, baseIv } of [sender, recipient]) {
          key.wipe();
          baseIv.fill(0);
        }
      },
    };
  } finally {
    pseudorandomKey.wipe();
  }
}

/** What many senders under one Master Secret have in common. */
export type SharedContext = Omit<SecurityContext, 'senderId' | 'recipientId' | 'recipientAlgorithm'>;

export interface SenderContexts {
  /** That of one sender, whose key the caller wipes. */
  of(id: Uint8Array): DirectionContext;
  wipe(): void;
}

/** Derives those of senders as they come. Refuses `unsupportedAlgorithm`. */
export function deriveSenders(context: SharedContext): SenderContexts {
  const { provider, algorithm, masterSalt, masterSecret } = context;
  const parameters = recordParameters(provider, algorithm);
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, masterSalt, masterSecret);
  return {
    of: directions(context, algorithm, parameters, pseudorandomKey),
    wipe: () => pseudorandomKey.wipe(),
  };
}

/**
 * Returns the bytes of the longest ID under a COSE algorithm (RFC 8613 section 3.3). A MAC has no nonce: its IDs
 * are bounded by the record alone.
 */
export function maxIdLength(algorithm: number): number {
  const parameters = algorithmParameters(algorithm);
  return parameters?.kind === 'aead' ? parameters.nonceLength - 6 : SpecificationLimits.maxKidBytes;
}

type RecordParameters = AeadParameters | MacParameters;

function recordParameters(provider: CryptoProvider, algorithm: number): RecordParameters {
  const parameters = algorithmParameters(algorithm);
  if (parameters === undefined || parameters.kind === 'hash') refuse('unsupportedAlgorithm');
  if (!provider.supports(algorithm)) refuse('unsupportedAlgorithm');
  return parameters;
}

function checkIds({ senderId, recipientId, idContext }: SecurityContext, maxLength: number): void {
  if (senderId.length > maxLength || recipientId.length > maxLength) refuse('badArgument');
  if (equalBytes(senderId, recipientId)) refuse('badArgument');
  if (idContext !== undefined && idContext.length > ImplementationLimits.maxKidContextBytes) {
    refuse('badArgument');
  }
}

/** Makes the context of one direction from the Sender ID of that direction. */
function directions(
  context: SharedContext,
  algorithm: number,
  parameters: RecordParameters,
  pseudorandomKey: Secret,
): (id: Uint8Array) => DirectionContext {
  const { provider, idContext } = context;
  const { kind, keyLength } = parameters;
  const commonIv =
    kind === 'aead' ? deriveCommonIv(context, algorithm, parameters, pseudorandomKey) : undefined;
  return (id) => {
    const info = encodeInfo(id, idContext, algorithm, 'Key', keyLength);
    return {
      algorithm,
      mode: kind === 'aead' ? 'encrypt' : 'integrity-only',
      kid: id.slice(),
      kidContext: idContext?.slice(),
      baseIv: commonIv === undefined ? new Uint8Array(0) : baseIvOf(commonIv, id),
      key: provider.expandSecret(Algorithm.SHA_256, pseudorandomKey, info, keyLength),
      maxMessageBytes: ImplementationLimits.recordMaxMessageBytes,
    };
  };
}

function deriveCommonIv(
  { provider, idContext }: SharedContext,
  algorithm: number,
  { nonceLength }: AeadParameters,
  pseudorandomKey: Secret,
): Uint8Array {
  const info = encodeInfo(new Uint8Array(0), idContext, algorithm, 'IV', nonceLength);
  return provider.expand(Algorithm.SHA_256, pseudorandomKey, info, nonceLength);
}
