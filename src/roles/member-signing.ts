// SPDX-License-Identifier: Apache-2.0

/**
 * Signatures in groups at a PNE: it signs by its own key, and asks the server for those of other members when it first
 * hears them. Few keys are kept, in memory. Of each group one content waits at a time for the key of its sender; it was
 * verified under the group's key before, so that only members make a PNE ask. A PNE that was not made with it carries
 * none of it, and takes part in no group whose contents are signed.
 */
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { type Pace, Transmission } from '../delivery/transmission.ts';
import { type ContentSigning, type Signer, signContent, verifyContent } from '../groups/signing.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { decodeSignerKey, encodeSignerRequest } from './signer-message.ts';

/** What key management does for it. */
export interface SigningHost {
  readonly pace: Pace;
  /** Sends a message of CPNS-3. */
  send(message: Uint8Array): void;
  /** A content that waited was signed by the member that it names. */
  deliver(reference: number, sender: number, payload: Uint8Array): void;
}

export interface MemberSigning extends ContentSigning {
  bind(host: SigningHost): void;
  /** The server's answer. Refuses one that was not asked for, and the content that waits for it where it does not verify. */
  receive(message: Uint8Array): void;
  /** Nothing waits any more. Keys are kept. */
  stop(): void;
}

/** `privateKey`: that of the PNE's credential, of P-256. It stays the owner's. */
export function createMemberSigning(provider: CryptoProvider, privateKey: PrivateKey): MemberSigning {
  return new MemberSigner(provider, privateKey);
}

interface KnownSigner extends Signer {
  readonly publicKey: Uint8Array;
}

interface Waiting {
  readonly signer: Signer;
  readonly place: Uint8Array;
  /** Undefined for one that is too long to be kept: the next of its sender finds the key. */
  readonly signed: Uint8Array | undefined;
  readonly asking: Transmission;
}

const { signingMaxHeldBytes, signingMaxKeys, keyMaxRequests } = ImplementationLimits;

class MemberSigner implements MemberSigning {
  private readonly provider: CryptoProvider;
  private readonly privateKey: PrivateKey;
  /** The one that came first goes first. */
  private known: readonly KnownSigner[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private host!: SigningHost;

  constructor(provider: CryptoProvider, privateKey: PrivateKey) {
    this.provider = provider;
    this.privateKey = privateKey;
  }

  bind(host: SigningHost): void {
    this.host = host;
  }

  sign(place: Uint8Array, payload: Uint8Array): Uint8Array {
    return signContent(this.provider, this.privateKey, place, payload);
  }

  verify(signer: Signer, place: Uint8Array, signed: Uint8Array): Uint8Array | undefined {
    const known = this.known.find((each) => isSame(each, signer));
    if (known !== undefined) return this.verified(known, place, signed);
    if (this.waiting.has(signer.reference)) refuse('queueFull');
    const isKept = signed.length <= signingMaxHeldBytes;
    this.ask(signer, place, isKept ? signed : undefined);
    return isKept ? undefined : refuse('tooLong');
  }

  receive(message: Uint8Array): void {
    const { key, ...signer } = decodeSignerKey(message);
    const waiting = this.waiting.get(signer.reference);
    if (waiting === undefined || !isSame(waiting.signer, signer)) return refuse('stateInvalid');
    this.drop(signer.reference);
    if (key.length === 0) refuse('credentialUnknown');
    const publicKey = this.provider.wholeKey(Curve.P256, key.subarray(1), key[0] === 1);
    const known = { ...signer, publicKey };
    this.known = [...this.known, known].slice(-signingMaxKeys);
    const { place, signed } = waiting;
    if (signed === undefined) return;
    this.host.deliver(signer.reference, signer.sender, this.verified(known, place, signed));
  }

  forget(reference: number): void {
    this.drop(reference);
    this.known = this.known.filter((each) => each.reference !== reference);
  }

  stop(): void {
    for (const reference of [...this.waiting.keys()]) this.drop(reference);
  }

  private verified({ publicKey }: KnownSigner, place: Uint8Array, signed: Uint8Array): Uint8Array {
    return verifyContent(this.provider, { curve: Curve.P256, publicKey }, place, signed);
  }

  private ask(signer: Signer, place: Uint8Array, signed: Uint8Array | undefined): void {
    const { pace, send } = this.host;
    let requests = 0;
    const asking = new Transmission(pace, () => {
      requests += 1;
      if (requests > keyMaxRequests) this.drop(signer.reference);
      else send(encodeSignerRequest(signer));
    });
    this.waiting.set(signer.reference, { signer, place, signed, asking });
    asking.start();
  }

  private drop(reference: number): void {
    this.waiting.get(reference)?.asking.stop();
    this.waiting.delete(reference);
  }
}

function isSame(a: Signer, b: Signer): boolean {
  return a.reference === b.reference && a.epoch === b.epoch && a.sender === b.sender;
}
