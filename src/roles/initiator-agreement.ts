// SPDX-License-Identifier: Apache-2.0

import type { Credential, Party } from '../handshake/credential.ts';
import type { Established } from '../handshake/established.ts';
import type { Choice } from '../negotiation/select.ts';
import type { InitiationOptions } from './initiation-options.ts';
import { ownCredential } from './interface.ts';
import { nextKey } from './resumption.ts';
import { openChannel, type SecureChannel } from './secure-channel.ts';

/** A handshake that the Responder has confirmed. */
export interface ConfirmedHandshake {
  readonly established: Established<Party>;
  readonly peer: Credential;
  readonly choice: Choice;
  readonly handshakeBytes: number;
  readonly connectionId: Uint8Array;
}

/** Makes an agreement of it, and keeps the key of the next handshake. */
export function agree(
  options: InitiationOptions,
  { established, choice, ...rest }: ConfirmedHandshake,
): void {
  const { own, attestation, onAgreed } = options;
  const { method, suite } = established;
  own.resumption?.keep(nextKey(established, ownCredential(own), rest.peer, 'initiator'));
  const channel = open(options, established, choice);
  onAgreed({
    ...rest,
    name: own.name,
    method,
    suite,
    choice,
    linkKind: attestation().kind,
    handshakeMessages: 4,
    channel,
  });
}

/** The Responder has its session by now: where there is none here only another handshake helps. */
function open(
  { own, onFailed }: InitiationOptions,
  established: Established<Party>,
  choice: Choice,
): SecureChannel {
  try {
    return openChannel(established, choice, 'initiator', own.renewAfter);
  } catch (error) {
    onFailed();
    throw error;
  }
}
