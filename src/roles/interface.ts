// SPDX-License-Identifier: Apache-2.0

import { GRANT_EAD_LABEL } from '../authorization/ead.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { HandshakeOptions } from '../handshake/context.ts';
import {
  type Credential,
  type CredentialStore,
  createCredentialStore,
  type Identity,
  type Party,
} from '../handshake/credential.ts';
import { type Attestation, type LinkKind, linkEvidence } from '../link/attestation.ts';
import { NEGOTIATION_EAD_LABEL } from '../negotiation/ead.ts';
import { type InterfaceName, POLICIES, type RoleName } from '../negotiation/policies.ts';
import type { Policy, Side } from '../negotiation/policy.ts';
import type { Choice } from '../negotiation/select.ts';
import { refuse } from '../refusal.ts';
import { firstVerified } from './first-verified.ts';
import type { ResumptionKeys, ResumptionSlot } from './resumption.ts';
import type { SecureChannel } from './secure-channel.ts';

/** What one entity brings to one CPNS interface. */
export interface InterfaceOptions {
  readonly name: InterfaceName;
  readonly policy: Policy;
  readonly provider: CryptoProvider;
  /** EDHOC methods and cipher suites, most wanted first. */
  readonly methods: readonly number[];
  readonly suites: readonly number[];
  /** Its own credentials. */
  readonly identities: readonly Identity[];
  /** Who may be at the other end. */
  readonly peers: CredentialStore;
  /** COSE algorithms that its records may use, if not all that the provider carries. */
  readonly algorithms?: readonly number[];
  /** Messages under one key until an Initiator makes new ones, where that shall be before its limit nears. */
  readonly renewAfter?: number;
  /** Where an Initiator keeps what it resumes with. Without it each handshake runs public keys. */
  readonly resumption?: ResumptionSlot;
  /** The same of a Responder. Who resumes has one identity. */
  readonly resumptions?: ResumptionKeys;
  /** Of an Initiator: the grant that it shows, where it has one. */
  grant?(): Uint8Array | undefined;
  /** Of a Responder: refuses a peer that has proved itself, and shown this, and may not be here. */
  admit?(peer: Credential, grant: Uint8Array | undefined): void;
}

/** What both ends of an interface have agreed on, each having proved who it is. */
export interface Agreement {
  readonly name: InterfaceName;
  readonly peer: Party;
  readonly method: number;
  readonly suite: number;
  readonly choice: Choice;
  readonly linkKind: LinkKind;
  /** Messages of the handshake that succeeded, and their bytes together. */
  readonly handshakeMessages: number;
  readonly handshakeBytes: number;
  /** The identifier under which this end expects records. */
  readonly connectionId: Uint8Array;
  readonly channel: SecureChannel;
  /** To be called when a record under these keys was verified: the peer has all that they come with. */
  confirm?(): void;
}

/** Suites, most wanted first, by the curve of the key: with static Diffie-Hellman both lie on the suite's. */
const SUITES_OF: Readonly<Record<number, readonly number[]>> = Object.freeze({
  __proto__: null,
  [Curve.P256]: Object.freeze([2, 3]),
  [Curve.X25519]: Object.freeze([0, 1]),
} as unknown as Record<number, readonly number[]>);

/**
 * What a role brings to an interface with one key: static Diffie-Hellman, and the suites of the key's curve. Which
 * curve a chip should have: tools/bench/README.md.
 */
export function staticDhInterface(
  role: RoleName,
  name: InterfaceName,
  provider: CryptoProvider,
  identity: Identity,
  peers: readonly Credential[],
): InterfaceOptions {
  return {
    name,
    policy: policyOf(role, name),
    provider,
    methods: [3],
    suites: SUITES_OF[identity.privateKey.curve] ?? [],
    identities: [identity],
    peers: createCredentialStore(peers),
  };
}

/** The policy of a role on an interface. Refuses `badArgument` where the role does not join it. */
export function policyOf(role: RoleName, name: InterfaceName): Policy {
  return POLICIES[role][name] ?? refuse('badArgument');
}

export function handshakeOptions({ provider, suites, identities }: InterfaceOptions): HandshakeOptions {
  return { provider, suites, identities, knownEad: [NEGOTIATION_EAD_LABEL, GRANT_EAD_LABEL] };
}

/** The credential of an end that resumes. */
export function ownCredential({ identities }: InterfaceOptions): Credential {
  return identities[0]!.credential;
}

/** Numbers from 0 to 1 for jitter, from the provider's random source. */
export function jitterOf({ provider }: Pick<InterfaceOptions, 'provider'>): () => number {
  return () => {
    const byte = new Uint8Array(1);
    provider.fillRandom(byte);
    return byte[0]! / 255;
  };
}

/** This end of a negotiation over a link that shows `attestation` now. */
export function sideOf(
  { policy, methods, provider, algorithms }: InterfaceOptions,
  attestation: Attestation,
): Side {
  const sha256 = (data: Uint8Array) => provider.hash(Algorithm.SHA_256, data);
  return {
    policy,
    methods,
    supports: (algorithm) => provider.supports(algorithm) && algorithms?.includes(algorithm) !== false,
    evidence: linkEvidence(attestation, sha256),
  };
}

/** What either end has decrypted: it names a credential and says that it was made with its key. */
export interface Claim<Verified> {
  readonly idCred: Uint8Array;
  verify(credential: Credential): Verified;
}

/** Verifies a claim with each of the credentials that it may mean. Where none made it nothing has changed. */
export function verifyPeer<Verified>({ peers }: InterfaceOptions, claim: Claim<Verified>): Verified {
  const { idCred } = claim;
  return firstVerified(peers.candidates(idCred), (peer) => claim.verify(peer), 'credentialUnknown');
}
