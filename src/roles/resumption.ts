// SPDX-License-Identifier: Apache-2.0

/**
 * Keys by which two ends that ran a handshake before run a shorter one (EDHOC-PSK). Each handshake makes the key of
 * the next; a fresh Diffie-Hellman exchange is part of all of them, so that a key that is stolen later opens nothing
 * that was said before. What an end has lost costs a handshake with public keys and nothing else.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { Credential, CredentialStore, Party } from '../handshake/credential.ts';
import type { Established } from '../handshake/established.ts';
import type { PreSharedKey } from '../handshake/psk/credential.ts';
import { resumptionKey } from '../handshake/psk/resumption.ts';

/** A key, under the suite of the handshake that made it. */
export interface ResumptionKey {
  readonly suite: number;
  readonly psk: PreSharedKey;
  readonly peer: Credential;
}

/** Where an Initiator keeps the key of one interface: one of its own credential and of a peer that it has now. */
export interface ResumptionSlot {
  readonly key: ResumptionKey | undefined;
  /** Takes the key over in place of the former one, which is wiped. What cannot be stored is kept in memory. */
  keep(key: ResumptionKey): void;
}

/** Where a Responder keeps those of all its peers. */
export interface ResumptionKeys {
  /** Whether there is none. */
  readonly isEmpty: boolean;
  /** Those that a reference names, which is short: the proof shows which one is meant. */
  candidates(idCred: Uint8Array): readonly ResumptionKey[];
  /** Takes over the key of a handshake. Until it is confirmed, the one that its Initiator used is kept beside it. */
  keep(key: ResumptionKey, used: ResumptionKey | undefined): void;
  /** The Initiator has it too: those before it end. */
  confirm(key: ResumptionKey): void;
}

/** Returns the key of the handshake after this one. `own` is the credential of this end. */
export function nextKey(
  established: Established<Party>,
  own: Credential,
  peer: Credential,
  end: 'initiator' | 'responder',
): ResumptionKey {
  const [initiator, responder] = end === 'initiator' ? [own, peer] : [peer, own];
  return { suite: established.suite, peer, psk: resumptionKey(established, initiator, responder) };
}

/** Whether the Initiator is still a peer, with the same credential, and the Responder has its own. */
export function isUsable({ psk, peer }: ResumptionKey, own: Credential, peers: CredentialStore): boolean {
  return (
    equalBytes(psk.responder.cred, own.cred) &&
    peers.candidates(peer.idCred).some(({ cred }) => equalBytes(cred, peer.cred))
  );
}
