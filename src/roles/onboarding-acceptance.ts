// SPDX-License-Identifier: Apache-2.0

/** The server's end of onboarding on one flow: see onboarding.ts. Of what it holds a flow has few, for a while. */
import { equalBytes } from '../bytes/compare.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ownCredential } from '../handshake/compact-credential.ts';
import type { Credential, Party } from '../handshake/credential.ts';
import { errorFor } from '../handshake/error-message.ts';
import { methodOf } from '../handshake/message-1.ts';
import { type PreSharedKey, PSK_METHOD } from '../handshake/psk/credential.ts';
import { createPskResponder, type PskResponder, type PskWaitMessage3 } from '../handshake/psk/responder.ts';
import type { Answered, VerifiedInitiator } from '../handshake/responder.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { isMessage1 } from './acceptance.ts';
import { firstVerified } from './first-verified.ts';
import { HalfOpenHandshakes } from './half-open.ts';
import {
  encodeAnswer,
  type Membership,
  ONBOARDING_EAD_LABEL,
  onboardingItem,
  onboardingValue,
} from './onboarding.ts';

/** A code that is registered, and whose device has not come with its own key yet. */
export interface Invitation {
  readonly pneId: string;
  readonly psk: PreSharedKey;
}

/** Where a server keeps the codes that it knows. */
export interface Invitations {
  /** Those that a reference names, few or none. */
  candidates(idCred: Uint8Array): readonly Invitation[];
  /** The id of a PNE that has joined by a code with this reference, and whose secret is no more. */
  spent(idCred: Uint8Array): string | undefined;
  /**
   * Registers a device, in one commit with the end of its code, and calls `done`: `used` where another device has come
   * first, undefined where it could not be stored. The same device may come again.
   */
  join(
    invitation: Invitation,
    credential: Credential,
    done: (grant: Uint8Array | 'used' | undefined) => void,
  ): void;
}

export interface OnboardingOptions {
  readonly provider: CryptoProvider;
  readonly invitations: Invitations;
  readonly after: After;
  /** Compact credentials of this server and of the gateway that the PNE came by. */
  references(): Omit<Membership, 'grant'>;
  /** A device is registered: whoever is to let it in learns of it before the device does. */
  onJoined(credential: Credential): void;
  send(message: Uint8Array): void;
  /** `pneId` is known where it was proved that its code is there. */
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

const SUITES = Object.freeze([2]);
/** No session follows, which it would name. */
const [FIRST_ID, SECOND_ID] = [Uint8Array.of(1), Uint8Array.of(2)];

interface Joining {
  readonly invitation: Invitation;
  readonly credential: Credential;
  readonly verified: VerifiedInitiator<Party>;
  readonly wait: PskWaitMessage3;
}

export class OnboardingAcceptance {
  private readonly options: OnboardingOptions;
  private readonly responder: PskResponder;
  private readonly halfOpen: HalfOpenHandshakes<PskWaitMessage3>;
  /** Of a message_3 that is being stored: others wait, and are sent again. */
  private isStoring = false;
  private last: Answered<Party> | undefined;
  private isStopped = false;

  constructor(options: OnboardingOptions) {
    const { provider, after } = options;
    this.options = options;
    const knownEad = [ONBOARDING_EAD_LABEL];
    this.responder = createPskResponder({ provider, version: 8, suites: SUITES, knownEad });
    this.halfOpen = new HalfOpenHandshakes(after, (wait) => wait.close());
  }

  /** Takes a message of the PNE, borrowed for the call. */
  receive(message: Uint8Array): void {
    this.guard(undefined, () => {
      if (isMessage1(message)) this.receiveMessage1(message);
      else this.receiveMessage3(message);
    });
  }

  /** Ends what is half open. Safe to call twice. */
  stop(): void {
    this.isStopped = true;
    for (const wait of this.halfOpen.all()) this.halfOpen.end(wait);
  }

  private receiveMessage1(message: Uint8Array): void {
    for (const wait of this.halfOpen.all()) {
      const repeated = wait.answerTo(message);
      if (repeated === undefined) continue;
      this.halfOpen.renew(wait);
      return this.options.send(repeated);
    }
    this.halfOpen.checkRoom();
    if (methodOf(message) !== PSK_METHOD) refuse('methodNotSupported');
    const received = this.responder.receive(message);
    const isTaken = equalBytes(received.peerConnectionId, FIRST_ID);
    const wait = received.respond({ connectionId: isTaken ? SECOND_ID : FIRST_ID });
    this.halfOpen.add(wait);
    this.options.send(wait.message);
  }

  private receiveMessage3(message: Uint8Array): void {
    const repeated = this.last?.answerTo(message);
    if (repeated !== undefined) return this.options.send(repeated);
    if (this.isStoring) return;
    const verify = (wait: PskWaitMessage3) => this.verify(wait, message);
    this.join(firstVerified(this.halfOpen.all(), verify, 'stateInvalid'));
  }

  private verify(wait: PskWaitMessage3, message3: Uint8Array): Joining {
    const { provider, invitations } = this.options;
    const claim = wait.receive(message3);
    const candidates = invitations.candidates(claim.idCred);
    const spent = candidates.length === 0 ? invitations.spent(claim.idCred) : undefined;
    if (spent !== undefined) this.options.onRefused('onboardingUsed', spent);
    const prove = (invitation: Invitation) => ({ invitation, verified: claim.verify(invitation.psk) });
    const { invitation, verified } = firstVerified(candidates, prove, 'onboardingUnknown');
    const [sign, ...x] = onboardingValue(verified.ead3);
    if (sign !== 0 && sign !== 1) refuse('messageInvalid');
    const publicKey = provider.wholeKey(Curve.P256, Uint8Array.from(x), sign === 1);
    return { invitation, credential: ownCredential(publicKey, invitation.pneId), verified, wait };
  }

  /** What the PNE is told stands before it is told. */
  private join(joining: Joining): void {
    const { invitation, credential } = joining;
    const references = this.options.references();
    this.isStoring = true;
    this.options.invitations.join(invitation, credential, (grant) => {
      this.isStoring = false;
      this.guard(invitation.pneId, () => {
        if (grant === undefined) refuse('storeFailed');
        if (grant !== 'used') this.options.onJoined(credential);
        this.answer(joining, grant === 'used' ? 'used' : { ...references, grant });
        if (grant === 'used') this.options.onRefused('onboardingUsed', invitation.pneId);
      });
    });
  }

  private answer({ verified, wait }: Joining, answer: Membership | 'used'): void {
    if (this.isStopped) return;
    const answered = verified.answer([onboardingItem(encodeAnswer(answer))]);
    answered.established.close();
    this.last = answered;
    this.halfOpen.end(wait);
    this.options.send(answered.message);
  }

  private guard(pneId: string | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.send(errorFor(error.reasonName, SUITES));
      this.options.onRefused(error.reasonName, pneId);
    }
  }
}
