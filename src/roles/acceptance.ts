// SPDX-License-Identifier: Apache-2.0

/**
 * The Responder's end of an interface with one peer: answers handshakes and ends each in an agreement. It
 * holds few half-open ones, each for a time, so that a flood of message_1 takes bounded memory and cannot
 * push out a handshake that is under way.
 */
import { Major } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import { errorFor } from '../handshake/error-message.ts';
import {
  type Answered,
  createResponder,
  type ReceivedMessage1,
  type RespondRequest,
  type WaitMessage3,
} from '../handshake/responder.ts';
import { halfOpenLifetimeMs } from '../handshake/retransmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Attestation } from '../link/attestation.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { answerOffer, type SentAnswer, verifyEcho } from '../negotiation/exchange.ts';
import type { Choice } from '../negotiation/select.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import type { ConnectionIds } from './connection-ids.ts';
import { firstVerified } from './first-verified.ts';
import { type Agreement, findPeer, handshakeOptions, type InterfaceOptions, sideOf } from './interface.ts';
import { openChannel } from './secure-channel.ts';

export interface AcceptanceOptions {
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Where this end's identifiers come from. The owner releases that of an agreement. */
  readonly connectionIds: ConnectionIds;
  /** What the link that reaches from end to end shows now. */
  attestation(): Attestation;
  send(message: Uint8Array): void;
  onAgreed(agreement: Agreement): void;
  /** A message was refused; nothing changed. */
  onRefused(reason: ReasonName): void;
}

export interface Acceptance {
  /** Takes a message of the Initiator, borrowed for the call. */
  receive(message: Uint8Array): void;
  /** Ends what is half open and wipes its keys. Safe to call twice. */
  stop(): void;
}

interface HalfOpen {
  readonly wait: WaitMessage3;
  readonly answer: SentAnswer;
  readonly connectionId: Uint8Array;
  readonly handshakeBytes: number;
  readonly timer: RunningTimer;
}

/** A handshake whose Initiator has proved itself and what it offered. */
interface Verified extends Answered {
  readonly handshake: HalfOpen;
  /** message_4. */
  readonly message: Uint8Array;
  readonly message3Bytes: number;
  readonly choice: Choice;
}

export function accept(options: AcceptanceOptions): Acceptance {
  const { own, connectionIds } = options;
  const responder = createResponder({ ...handshakeOptions(own), methods: own.methods });
  const halfOpen = new Set<HalfOpen>();
  let last: Answered | undefined;

  return {
    receive(message): void {
      try {
        if (isMessage1(message)) receiveMessage1(message);
        else receiveMessage3(message);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        options.send(errorFor(toldReason(error.reasonName), own.suites));
        options.onRefused(error.reasonName);
      }
    },
    stop(): void {
      for (const handshake of halfOpen) end(handshake);
    },
  };

  function receiveMessage1(message: Uint8Array): void {
    for (const { wait } of halfOpen) {
      const repeated = wait.answerTo(message);
      if (repeated !== undefined) return options.send(repeated);
    }
    if (halfOpen.size >= ImplementationLimits.maxHalfOpenPerPeer) refuse('queueFull');
    const received = responder.receive(message);
    const side = sideOf(own, options.attestation());
    const answer = answerOffer(negotiationValue(received.ead1), side, received.method);
    const connectionId = connectionIds.take(received.peerConnectionId);
    const wait = respond(received, { connectionId, ead2: [negotiationItem(answer.bytes)] });
    const handshakeBytes = message.length + wait.message.length;
    const timer = options.after(halfOpenLifetimeMs, () => end(handshake));
    const handshake: HalfOpen = { wait, answer, connectionId, handshakeBytes, timer };
    halfOpen.add(handshake);
    options.send(wait.message);
  }

  function respond(received: ReceivedMessage1, request: RespondRequest): WaitMessage3 {
    try {
      return received.respond(request);
    } catch (error) {
      connectionIds.release(request.connectionId);
      throw error;
    }
  }

  function receiveMessage3(message: Uint8Array): void {
    const repeated = last?.answerTo(message);
    if (repeated !== undefined) return options.send(repeated);
    finish(firstVerified(halfOpen, (handshake) => verify(handshake, message)));
  }

  function verify(handshake: HalfOpen, message3: Uint8Array): Verified {
    const claimed = handshake.wait.receive(message3);
    const verified = claimed.verify(findPeer(own, claimed.idCred));
    const choice = verifyEcho(negotiationValue(verified.ead3), handshake.answer);
    return { ...verified.answer(), handshake, choice, message3Bytes: message3.length };
  }

  /** The agreement stands before message_4 leaves: where it cannot, it is sent when message_3 comes again. */
  function finish(verified: Verified): void {
    const { handshake, established, choice, message, message3Bytes } = verified;
    const { method, suite, peer } = established;
    last = verified;
    forget(handshake);
    options.onAgreed({
      name: own.name,
      peer,
      method,
      suite,
      choice,
      linkKind: options.attestation().kind,
      handshakeMessages: 4,
      handshakeBytes: handshake.handshakeBytes + message3Bytes + message.length,
      connectionId: handshake.connectionId,
      channel: openChannel(established, choice, 'responder'),
    });
    options.send(message);
  }

  function end(handshake: HalfOpen): void {
    handshake.wait.close();
    connectionIds.release(handshake.connectionId);
    forget(handshake);
  }

  function forget(handshake: HalfOpen): void {
    handshake.timer.cancel();
    halfOpen.delete(handshake);
  }
}

/** An Initiator that offers several methods tries the next one, whether this one is unwanted or unknown. */
function toldReason(reason: ReasonName): ReasonName {
  return reason === 'methodNotSupported' ? 'methodNotPreferred' : reason;
}

/** message_1 begins with METHOD, an integer; message_3 is a byte string. */
function isMessage1(message: Uint8Array): boolean {
  return new CborReader(message).peekMajor() <= Major.negative;
}
