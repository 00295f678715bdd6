// SPDX-License-Identifier: Apache-2.0

import { type AeadParameters, algorithmParameters, type MacParameters } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { Completion } from './completion.ts';
import type { SuiteContext } from './context.ts';
import type { Credential, Party } from './credential.ts';
import { KdfLabel } from './key-schedule.ts';

/** A completed handshake, from which keys are exported (RFC 9528 section 4.2). */
export interface Established<Peer extends Party = Credential> {
  readonly method: number;
  readonly suite: number;
  /** Who the peer has proved to be. */
  readonly peer: Peer;
  /** TH_4, which both ends share and no other handshake has. */
  readonly transcript: Uint8Array;
  /** EDHOC_Exporter for values that are no keys. `label` is an unsigned integer, `length` in bytes. */
  exportBytes(label: number, context: Uint8Array, length: number): Uint8Array;
  /** EDHOC_Exporter for keys. */
  exportSecret(label: number, context: Uint8Array, length: number): Secret;
  /** What a session is made of. `algorithm` is the suite's application AEAD unless another was agreed on. */
  securityContext(algorithm?: number): ExportedContext;
  /** EDHOC_KeyUpdate (appendix H). Both ends give the same `context`. Closes this one, returns the next. */
  updateKey(context: Uint8Array): Established<Peer>;
  /** Wipes the keys. What is asked later is refused with `keyWiped`. Safe to call twice. */
  close(): void;
}

/** The input parameters of an OSCORE security context (appendix A.1). The secret is the caller's to wipe. */
export interface ExportedContext {
  readonly provider: CryptoProvider;
  readonly algorithm: number;
  readonly masterSecret: Secret;
  readonly masterSalt: Uint8Array;
  readonly senderId: Uint8Array;
  readonly recipientId: Uint8Array;
}

/** What each end sends records under, and expects them under: the connection identifiers, crosswise. */
export interface ConnectionIds {
  /** The identifier that the peer chose. */
  readonly senderId: Uint8Array;
  /** The identifier that this end chose. */
  readonly recipientId: Uint8Array;
}

/** EDHOC Exporter labels (section 10.1). */
const ExporterLabel = Object.freeze({ masterSecret: 0, masterSalt: 1 } as const);
const MASTER_SALT_LENGTH = 8;

/** Takes over PRK_out of the completion. */
export function establish<Peer extends Party>(
  handshake: SuiteContext,
  completion: Pick<Completion, 'prkOut' | 'transcript'>,
  peer: Peer,
  ids: ConnectionIds,
): Established<Peer> {
  const { provider, suite, schedule, method } = handshake;
  const { prkOut, transcript } = completion;
  const none = new Uint8Array(0);
  const prkExporter = schedule.expandSecret(prkOut, KdfLabel.PRK_exporter, none, schedule.hashLength);

  function exportBytes(label: number, context: Uint8Array, length: number): Uint8Array {
    return schedule.expand(prkExporter, checkLabel(label), context, length);
  }

  function exportSecret(label: number, context: Uint8Array, length: number): Secret {
    return schedule.expandSecret(prkExporter, checkLabel(label), context, length);
  }

  function close(): void {
    prkOut.wipe();
    prkExporter.wipe();
  }

  return {
    method,
    suite: suite.number,
    peer,
    transcript,
    exportBytes,
    exportSecret,
    securityContext(algorithm = suite.applicationAead): ExportedContext {
      const { keyLength } = recordParameters(algorithm);
      return {
        provider,
        algorithm,
        masterSecret: exportSecret(ExporterLabel.masterSecret, none, keyLength),
        masterSalt: exportBytes(ExporterLabel.masterSalt, none, MASTER_SALT_LENGTH),
        ...ids,
      };
    },
    updateKey(context): Established<Peer> {
      const next = schedule.expandSecret(prkOut, KdfLabel.keyUpdate, context, schedule.hashLength);
      const updated = establish(handshake, { prkOut: next, transcript }, peer, ids);
      close();
      return updated;
    },
    close,
  };
}

function checkLabel(label: number): number {
  return Number.isSafeInteger(label) && label >= 0 ? label : refuse('badArgument');
}

function recordParameters(algorithm: number): AeadParameters | MacParameters {
  const parameters = algorithmParameters(algorithm);
  if (parameters === undefined || parameters.kind === 'hash') return refuse('unsupportedAlgorithm');
  return parameters;
}
