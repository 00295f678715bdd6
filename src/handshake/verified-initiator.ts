// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';
import { type Completion, composeMessage4 } from './completion.ts';
import type { SuiteContext } from './context.ts';
import type { Credential, Party } from './credential.ts';
import type { EadItem } from './ead.ts';
import { type Established, establish } from './established.ts';
import { createKeyring, type Keyring } from './keyring.ts';

/** The Initiator has proved that it holds the credential's key and all the keys of this handshake. */
export interface VerifiedInitiator<Peer extends Party = Credential> {
  readonly peer: Peer;
  readonly ead3: readonly EadItem[];
  /** Makes message_4, once. Ends WaitMessage3. */
  answer(ead4?: readonly EadItem[]): Answered<Peer> & { readonly message: Uint8Array };
  /** Completes without message_4: a protected reply is to follow. Ends WaitMessage3. */
  conclude(): Answered<Peer>;
}

export interface Answered<Peer extends Party = Credential> {
  readonly established: Established<Peer>;
  /** Returns message_4 where it was made and `message` is the message_3 that it answers, else undefined. */
  answerTo(message: Uint8Array): Uint8Array | undefined;
}

/** One handshake of a Responder from message_2 to message_3. */
export interface ResponderRun {
  readonly context: SuiteContext;
  readonly cI: Uint8Array;
  readonly cR: Uint8Array;
  /** The ephemeral key, PRK_3e2m and what message_3 is opened with. */
  readonly keys: Keyring;
  /** The keys of the message_3 verified last. */
  verified: Keyring;
  ended: boolean;
}

export interface VerifiedMessage3<Peer extends Party> {
  readonly keys: Keyring;
  readonly message3: Uint8Array;
  readonly completion: Completion;
  readonly peer: Peer;
  readonly ead3: readonly EadItem[];
}

export function verifiedInitiator<Peer extends Party>(
  run: ResponderRun,
  verified: VerifiedMessage3<Peer>,
): VerifiedInitiator<Peer> {
  const { peer, ead3, message3, completion } = verified;
  return {
    peer,
    ead3,
    answer(ead4 = []) {
      checkCurrent(run, verified);
      const message = composeMessage4(completion, ead4);
      const answerTo = (bytes: Uint8Array) => (equalBytes(bytes, message3) ? message : undefined);
      return { established: release(run, verified), message, answerTo };
    },
    conclude() {
      checkCurrent(run, verified);
      return { established: release(run, verified), answerTo: () => undefined };
    },
  };
}

/** Refuses what was verified before a later message_3, or after the end. */
function checkCurrent(run: ResponderRun, { keys }: VerifiedMessage3<Party>): void {
  if (run.ended || run.verified !== keys) refuse('stateInvalid');
}

/** PRK_out goes to the result, all other keys end. */
function release<Peer extends Party>(
  run: ResponderRun,
  { completion, peer }: VerifiedMessage3<Peer>,
): Established<Peer> {
  const established = establish(run.context, completion, peer, { senderId: run.cI, recipientId: run.cR });
  completion.message4Key.key.wipe();
  run.verified = createKeyring();
  endRun(run);
  return established;
}

export function endRun(run: ResponderRun): void {
  run.ended = true;
  run.verified.wipe();
  run.keys.wipe();
}
