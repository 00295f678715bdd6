// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { Credential, Identity } from './credential.ts';
import { createKeySchedule } from './key-schedule.ts';
import { type Authentication, type MethodParameters, methodParameters } from './method.ts';
import type { ProofContext } from './proof.ts';
import { authenticationCurve, type Suite, supportedSuite } from './suite.ts';

/** What either end brings to any handshake. */
export interface CommonOptions {
  readonly provider: CryptoProvider;
  /** Cipher suites in order of preference (RFC 9528 section 3.6). */
  readonly suites: readonly number[];
  /** EAD labels that the owner processes. Others are ignored, or refused where critical. */
  readonly knownEad?: readonly number[];
}

/** What either end brings to a handshake with public keys. */
export interface HandshakeOptions extends CommonOptions {
  /** One's own credentials: of those whose key fits suite and method, the first is used. */
  readonly identities: readonly Identity[];
}

/** What is settled once the suite is. */
export interface SuiteContext extends ProofContext {
  readonly method: number;
  readonly knownEad: readonly number[];
}

/** What is settled once the method is, too. */
export interface HandshakeContext extends SuiteContext {
  readonly own: Identity;
  readonly ownAuthentication: Authentication;
  readonly peerAuthentication: Authentication;
}

export type Role = keyof MethodParameters;

/** Refuses options with which a handshake could not be run under every suite and method that they name. */
export function checkOptions(options: HandshakeOptions, role: Role, methods: readonly number[]): void {
  if (options.suites.length === 0 || methods.length === 0) refuse('badArgument');
  for (const suite of options.suites) {
    for (const method of methods) createContext(options, role, suite, method);
  }
}

export function createContext(
  options: HandshakeOptions,
  role: Role,
  suiteNumber: number,
  method: number,
): HandshakeContext {
  const parameters = methodParameters(method) ?? refuse('methodNotSupported');
  const context = createSuiteContext(options, suiteNumber, method);
  return {
    ...context,
    own: identityFor(options.identities, context.suite, parameters[role]),
    ownAuthentication: parameters[role],
    peerAuthentication: parameters[role === 'initiator' ? 'responder' : 'initiator'],
  };
}

export function createSuiteContext(
  { provider, knownEad = [] }: Omit<CommonOptions, 'suites'>,
  suiteNumber: number,
  method: number,
): SuiteContext {
  const suite = supportedSuite(provider, suiteNumber);
  return { provider, suite, schedule: createKeySchedule(provider, suite), method, knownEad };
}

/**
 * Refuses with `credentialInvalid` a credential that is not the claimed one, whose key does not fit suite and
 * method, or that is one's own: that would be a reflection.
 */
export function checkCredential(
  context: HandshakeContext,
  credential: Credential,
  claimedIdCred: Uint8Array,
): void {
  if (!equalBytes(credential.idCred, claimedIdCred)) refuse('credentialInvalid');
  const curve = authenticationCurve(context.suite, context.peerAuthentication);
  if (credential.curve !== curve) refuse('credentialInvalid');
  if (equalBytes(credential.cred, context.own.credential.cred)) refuse('credentialInvalid');
}

function identityFor(
  identities: readonly Identity[],
  suite: Suite,
  authentication: Authentication,
): Identity {
  const curve = authenticationCurve(suite, authentication);
  return identities.find(({ privateKey }) => privateKey.curve === curve) ?? refuse('badArgument');
}
