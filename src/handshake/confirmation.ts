// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { refuse } from '../refusal.ts';
import { readMessage4 } from './completion.ts';
import type { SentMessage3 } from './compose-message-3.ts';
import type { SuiteContext } from './context.ts';
import type { Credential, Party } from './credential.ts';
import type { EadItem } from './ead.ts';
import { type ConnectionIds, type Established, type ExportedContext, establish } from './established.ts';
import type { Keyring } from './keyring.ts';

/** The Initiator has its keys, but nothing yet has shown that the Responder has them (RFC 9528 section 5.4.2). */
export interface WaitConfirmation<Peer extends Party = Credential> {
  /** message_3, to be sent and sent again. */
  readonly message: Uint8Array;
  readonly peer: Peer;
  /** Returns message_3 where `message` is the message_2 that it answers, else undefined. */
  answerTo(message: Uint8Array): Uint8Array | undefined;
  /** Verifies message_4. Ends this state. */
  receive(message4: Uint8Array): Confirmed<readonly EadItem[], Peer>;
  /**
   * Takes a first protected reply in place of message_4: `open` unprotects it under the keys, or throws, and
   * then nothing has changed. `open` wipes the secret it is given. Ends this state.
   */
  confirm<Reply>(open: (context: ExportedContext) => Reply, algorithm?: number): Confirmed<Reply, Peer>;
  close(): void;
}

export interface Confirmed<Content, Peer extends Party = Credential> {
  readonly established: Established<Peer>;
  /** EAD_4, or what the reply held. */
  readonly content: Content;
}

export interface UnconfirmedHandshake<Peer extends Party> extends SentMessage3, ConnectionIds {
  readonly message2: Uint8Array;
  readonly peer: Peer;
}

/** Takes over `keys`, which hold PRK_out and the key of message_4. */
export function waitConfirmation<Peer extends Party>(
  context: SuiteContext,
  { message3, completion, message2, peer, senderId, recipientId }: UnconfirmedHandshake<Peer>,
  keys: Keyring,
): WaitConfirmation<Peer> {
  const established = establish(context, completion, peer, { senderId, recipientId });
  let ended = false;

  function released<Content>(content: Content): Confirmed<Content, Peer> {
    ended = true;
    completion.message4Key.key.wipe();
    return { established, content };
  }

  return {
    message: message3,
    peer,
    answerTo: (message) => (equalBytes(message, message2) ? message3 : undefined),
    receive(message4) {
      if (ended) refuse('stateInvalid');
      return released(readMessage4(completion, message4.slice(), context.knownEad).items);
    },
    confirm(open, algorithm) {
      if (ended) refuse('stateInvalid');
      return released(open(established.securityContext(algorithm)));
    },
    close() {
      if (ended) return;
      ended = true;
      established.close();
      keys.wipe();
    },
  };
}
