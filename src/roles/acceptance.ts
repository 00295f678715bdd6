// SPDX-License-Identifier: Apache-2.0

/**
 * The Responder's end of an interface with one peer: answers handshakes and ends each in an agreement. It
 * holds few half-open ones (half-open.ts), so that a flood of message_1 takes bounded memory.
 */
import { grantValue } from '../authorization/ead.ts';
import { Major } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import type { Credential, Party } from '../handshake/credential.ts';
import { errorFor } from '../handshake/error-message.ts';
import { methodOf } from '../handshake/message-1.ts';
import { PSK_METHOD } from '../handshake/psk/credential.ts';
import {
  type ClaimedKey,
  createPskResponder,
  type PskReceivedMessage1,
  type PskResponder,
  type PskWaitMessage3,
} from '../handshake/psk/responder.ts';
import {
  type Answered,
  type ClaimedInitiator,
  createResponder,
  type ReceivedMessage1,
  type Responder,
  type RespondRequest,
  type VerifiedInitiator,
  type WaitMessage3,
} from '../handshake/responder.ts';
import type { Attestation } from '../link/attestation.ts';
import type { After } from '../link/timer.ts';
import { negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { answerOffer, type SentAnswer, verifyEcho } from '../negotiation/exchange.ts';
import type { Side } from '../negotiation/policy.ts';
import type { Choice } from '../negotiation/select.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import type { ConnectionIds } from './connection-ids.ts';
import { firstVerified } from './first-verified.ts';
import { HalfOpenHandshakes } from './half-open.ts';
import {
  type Agreement,
  handshakeOptions,
  type InterfaceOptions,
  ownCredential,
  sideOf,
  verifyPeer,
} from './interface.ts';
import { isUsable, nextKey, type ResumptionKey } from './resumption.ts';
import { checkCarried, openChannel, type SecureChannel } from './secure-channel.ts';

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
  readonly wait: WaitMessage3 | PskWaitMessage3;
  readonly answer: SentAnswer;
  readonly connectionId: Uint8Array;
  readonly handshakeBytes: number;
}

/** Who an Initiator has proved to be, and the key that it resumed with. */
interface Proof {
  readonly verified: VerifiedInitiator<Party>;
  readonly peer: Credential;
  readonly used?: ResumptionKey;
}

/** A handshake whose Initiator has proved itself and what it offered. */
interface Verified extends Answered<Party>, Omit<Proof, 'verified'> {
  readonly handshake: HalfOpen;
  /** message_4. */
  readonly message: Uint8Array;
  readonly message3Bytes: number;
  readonly choice: Choice;
  /** What the Initiator has shown of what it may do. */
  readonly grant: Uint8Array | undefined;
}

export function accept(options: AcceptanceOptions): Acceptance {
  return new ResponderEnd(options);
}

class ResponderEnd implements Acceptance {
  private readonly options: AcceptanceOptions;
  private readonly responder: Responder;
  private readonly pskResponder: PskResponder;
  private readonly halfOpen: HalfOpenHandshakes<HalfOpen>;
  private last: Answered<Party> | undefined;

  constructor(options: AcceptanceOptions) {
    const { own, after } = options;
    this.options = options;
    this.responder = createResponder({ ...handshakeOptions(own), methods: own.methods });
    this.pskResponder = createPskResponder({ ...handshakeOptions(own), version: 8 });
    this.halfOpen = new HalfOpenHandshakes(after, (handshake) => this.close(handshake));
  }

  receive(message: Uint8Array): void {
    try {
      if (isMessage1(message)) this.receiveMessage1(message);
      else this.receiveMessage3(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.send(errorFor(toldReason(error.reasonName), this.options.own.suites));
      this.options.onRefused(error.reasonName);
    }
  }

  stop(): void {
    for (const handshake of this.halfOpen.all()) this.halfOpen.end(handshake);
  }

  private receiveMessage1(message: Uint8Array): void {
    for (const handshake of this.halfOpen.all()) {
      const repeated = handshake.wait.answerTo(message);
      if (repeated === undefined) continue;
      this.halfOpen.renew(handshake);
      return this.options.send(repeated);
    }
    this.halfOpen.checkRoom();
    const method = methodOf(message);
    const received = (this.resumes(method) ? this.pskResponder : this.responder).receive(message);
    const answer = answerOffer(negotiationValue(received.ead1), this.side(), method);
    checkCarried(received.peerConnectionId, answer.proposed);
    const connectionId = this.options.connectionIds.take(received.peerConnectionId);
    const wait = this.respond(received, { connectionId, ead2: [negotiationItem(answer.bytes)] });
    const handshakeBytes = message.length + wait.message.length;
    this.halfOpen.add({ wait, answer, connectionId, handshakeBytes });
    this.options.send(wait.message);
  }

  private resumes(method: number): boolean {
    return method === PSK_METHOD && this.options.own.resumptions?.isEmpty === false;
  }

  private side(): Side {
    const side = sideOf(this.options.own, this.options.attestation());
    return this.resumes(PSK_METHOD) ? { ...side, methods: [...side.methods, PSK_METHOD] } : side;
  }

  private respond(
    received: ReceivedMessage1 | PskReceivedMessage1,
    request: RespondRequest,
  ): WaitMessage3 | PskWaitMessage3 {
    try {
      return received.respond(request);
    } catch (error) {
      this.options.connectionIds.release(request.connectionId);
      throw error;
    }
  }

  private receiveMessage3(message: Uint8Array): void {
    const repeated = this.last?.answerTo(message);
    if (repeated !== undefined) return this.options.send(repeated);
    this.finish(
      firstVerified(this.halfOpen.all(), (handshake) => this.verify(handshake, message), 'stateInvalid'),
    );
  }

  private verify(handshake: HalfOpen, message3: Uint8Array): Verified {
    const { verified, ...proof } = this.prove(handshake.wait.receive(message3));
    const choice = verifyEcho(negotiationValue(verified.ead3), handshake.answer);
    const grant = grantValue(verified.ead3);
    return { ...verified.answer(), ...proof, handshake, choice, grant, message3Bytes: message3.length };
  }

  private prove(claim: ClaimedInitiator | ClaimedKey): Proof {
    const { own } = this.options;
    if ('ead3' in claim) {
      const verified = verifyPeer(own, claim);
      return { verified, peer: verified.peer };
    }
    const usable = (key: ResumptionKey) => isUsable(key, ownCredential(own), own.peers);
    const keys = own.resumptions?.candidates(claim.idCred).filter(usable) ?? [];
    const verify = (used: ResumptionKey) => ({ verified: claim.verify(used.psk), peer: used.peer, used });
    return firstVerified(keys, verify, 'credentialUnknown');
  }

  /** The agreement stands before message_4 leaves: where it cannot, it is sent when message_3 comes again. */
  private finish(verified: Verified): void {
    const { handshake, established, choice, message, message3Bytes, peer, used } = verified;
    const { own, attestation, onAgreed, send } = this.options;
    const { method, suite } = established;
    this.admit(verified);
    const next = own.resumptions && nextKey(established, ownCredential(own), peer, 'responder');
    const channel = this.open(verified);
    this.last = verified;
    this.halfOpen.complete(handshake);
    if (next !== undefined) own.resumptions?.keep(next, used);
    onAgreed({
      name: own.name,
      peer,
      method,
      suite,
      choice,
      linkKind: attestation().kind,
      handshakeMessages: 4,
      handshakeBytes: handshake.handshakeBytes + message3Bytes + message.length,
      connectionId: handshake.connectionId,
      channel,
      ...(next !== undefined && { confirm: () => own.resumptions?.confirm(next) }),
    });
    send(message);
  }

  /** Whoever may not be here has proved who it is all the same: its handshake is over. */
  private admit({ handshake, established, peer, grant }: Verified): void {
    try {
      this.options.own.admit?.(peer, grant);
    } catch (error) {
      established.close();
      this.halfOpen.end(handshake);
      throw error;
    }
  }

  /** Without a session the handshake has failed: message_4 would leave the Initiator established alone. */
  private open({ established, choice, handshake }: Verified): SecureChannel {
    try {
      return openChannel(established, choice, 'responder');
    } catch (error) {
      this.halfOpen.end(handshake);
      throw error;
    }
  }

  private close({ wait, connectionId }: HalfOpen): void {
    wait.close();
    this.options.connectionIds.release(connectionId);
  }
}

/** An Initiator that offers several methods tries the next one, whether this one is unwanted or unknown. */
function toldReason(reason: ReasonName): ReasonName {
  return reason === 'methodNotSupported' ? 'methodNotPreferred' : reason;
}

/** message_1 begins with METHOD, an integer; message_3 is a byte string. */
export function isMessage1(message: Uint8Array): boolean {
  return new CborReader(message).peekMajor() <= Major.negative;
}
