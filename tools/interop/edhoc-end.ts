// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../src/bytes/compare.ts';
/** Our end of a handshake, one step at a time. Each step answers with all it sent, received and understood. */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { WaitConfirmation } from '../../src/handshake/confirmation.ts';
import { type Credential, ccsCredential, encodeCcs, type Identity } from '../../src/handshake/credential.ts';
import type { Established } from '../../src/handshake/established.ts';
import { createInitiator, type WaitMessage2 } from '../../src/handshake/initiator.ts';
import { createResponder, type VerifiedInitiator, type WaitMessage3 } from '../../src/handshake/responder.ts';
import { refuse } from '../../src/refusal.ts';
import { eadFromText, eadToText } from './ead-text.ts';
import type { Values } from './end.ts';
import type { RecordEnd } from './record-end.ts';

/** The labels that this end processes; any other is ignored, or refused where critical. */
const KNOWN_EAD = Object.freeze([17, 32768]);
/** As in edhoc_peer.py. */
const EXPORTER_LABEL = 23;
const METHOD = 3;
const SUITE = 2;

export class EdhocEnd {
  private readonly provider: CryptoProvider;
  private readonly records: RecordEnd;
  private own: Identity | undefined;
  private trusted: Credential | undefined;
  private initiator: WaitMessage2 | undefined;
  private responder: WaitMessage3 | undefined;
  private unconfirmed: WaitConfirmation | undefined;
  private established: Established | undefined;

  constructor(provider: CryptoProvider, records: RecordEnd) {
    this.provider = provider;
    this.records = records;
  }

  /** Makes a fresh key and its CCS. */
  identity({ kid, subject }: Values): Values {
    const privateKey = this.provider.generateKey(Curve.P256);
    const { curve, publicKey } = privateKey;
    const credential = ccsCredential(encodeCcs({ curve, publicKey, kid: fromHex(kid!) }, subject!));
    this.own = { credential, privateKey };
    return { CRED: toHex(credential.cred) };
  }

  /** The only credential that this end knows. */
  trust({ CRED }: Values): Values {
    this.trusted = ccsCredential(fromHex(CRED!));
    return {};
  }

  /** `suites` in order of preference; 2 is the one selected. */
  message1({ connection_id, ead, suites }: Values): Values {
    const options = { ...this.options(), method: METHOD, suites: suites!.split(' ').map(Number) };
    const ead1 = eadFromText(ead!);
    const selected = options.suites.includes(SUITE) ? SUITE : options.suites[0]!;
    this.unconfirmed = undefined;
    this.initiator = createInitiator(options).start({
      connectionId: fromHex(connection_id!),
      ead1,
      suite: selected,
    });
    return { C_I: connection_id!, EAD_1: ead!, message_1: toHex(this.initiator.message) };
  }

  message2({ message_1, connection_id, ead }: Values): Values {
    const responder = createResponder({ ...this.options(), methods: [METHOD], suites: [SUITE] });
    const received = responder.receive(fromHex(message_1!));
    const connectionId = fromHex(connection_id!);
    this.unconfirmed = undefined;
    this.responder = received.respond({ connectionId, ead2: eadFromText(ead!) });
    return {
      message_1: message_1!,
      C_I: toHex(received.peerConnectionId),
      EAD_1: eadToText(received.ead1),
      C_R: connection_id!,
      ID_CRED_R: this.ownIdCred(),
      EAD_2: ead!,
      message_2: toHex(this.responder.message),
    };
  }

  message3({ message_2, ead }: Values): Values {
    const claimed = (this.initiator ?? refuse('stateInvalid')).receive(fromHex(message_2!));
    this.unconfirmed = claimed.verify(this.find(claimed.idCred)).finish(eadFromText(ead!));
    return {
      message_2: message_2!,
      ID_CRED_R: toHex(claimed.idCred),
      EAD_2: eadToText(claimed.ead2),
      ID_CRED_I: this.ownIdCred(),
      EAD_3: ead!,
      message_3: toHex(this.unconfirmed.message),
    };
  }

  message4({ message_3, ead }: Values): Values {
    const { values, verified } = this.verify(message_3!);
    const { message, established } = verified.answer(eadFromText(ead!));
    this.established = established;
    return { ...values, EAD_4: ead!, message_4: toHex(message) };
  }

  conclude({ message_3 }: Values): Values {
    const { values, verified } = this.verify(message_3!);
    this.established = verified.conclude().established;
    return values;
  }

  finish({ message_4 }: Values): Values {
    const { established, content } = (this.unconfirmed ?? refuse('stateInvalid')).receive(
      fromHex(message_4!),
    );
    this.established = established;
    return { message_4: message_4!, EAD_4: eadToText(content) };
  }

  /** Takes a protected reply in place of message_4. */
  confirm({ reply, algorithm }: Values): Values {
    const confirmed = (this.unconfirmed ?? refuse('stateInvalid')).confirm((context) => {
      this.records.open(context, 0);
      return this.records.steps.unprotect({ message: reply! });
    }, Number(algorithm));
    this.established = confirmed.established;
    return confirmed.content;
  }

  exported(): Values {
    const established = this.established ?? refuse('stateInvalid');
    const context = Uint8Array.from({ length: 40 }, (_, at) => at);
    const { senderId, recipientId, masterSalt, masterSecret } = established.securityContext();
    masterSecret.wipe();
    const isInitiator = this.unconfirmed !== undefined;
    return {
      C_I: toHex(isInitiator ? recipientId : senderId),
      C_R: toHex(isInitiator ? senderId : recipientId),
      'OSCORE Master Secret': toHex(established.exportBytes(0, new Uint8Array(0), 16)),
      'OSCORE Master Salt': toHex(masterSalt),
      exporter: toHex(established.exportBytes(EXPORTER_LABEL, context, 48)),
    };
  }

  updated({ context }: Values): Values {
    this.established = (this.established ?? refuse('stateInvalid')).updateKey(fromHex(context!));
    return {
      'exporter after update': toHex(this.established.exportBytes(EXPORTER_LABEL, new Uint8Array(0), 32)),
    };
  }

  /** Records under the keys of the handshake. */
  session({ algorithm }: Values): Values {
    const established = this.established ?? refuse('stateInvalid');
    this.records.open(established.securityContext(Number(algorithm)), 0);
    return {};
  }

  private verify(message3: string): { values: Values; verified: VerifiedInitiator } {
    const claimed = (this.responder ?? refuse('stateInvalid')).receive(fromHex(message3));
    const verified = claimed.verify(this.find(claimed.idCred));
    const values = {
      message_3: message3,
      ID_CRED_I: toHex(claimed.idCred),
      EAD_3: eadToText(claimed.ead3),
    };
    return { values, verified };
  }

  private find(idCred: Uint8Array): Credential {
    const { trusted } = this;
    if (trusted === undefined || !equalBytes(trusted.idCred, idCred)) return refuse('credentialUnknown');
    return trusted;
  }

  private options() {
    const own = this.own ?? refuse('stateInvalid');
    return { provider: this.provider, identities: [own], knownEad: KNOWN_EAD };
  }

  private ownIdCred(): string {
    return toHex((this.own ?? refuse('stateInvalid')).credential.idCred);
  }
}
