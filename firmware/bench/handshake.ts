// SPDX-License-Identifier: Apache-2.0

/** What a handshake costs each side, beside the curve operations that it cannot do without. */
import { Curve, SignatureAlgorithm } from '../../src/crypto/curves.ts';
import type { CryptoProvider, PrivateKey } from '../../src/crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../../src/handshake/credential.ts';
import { createInitiator } from '../../src/handshake/initiator.ts';
import { createResponder } from '../../src/handshake/responder.ts';
import type { OperationGroup } from './operation.ts';
import { resumptionOperations } from './resumption.ts';

/** P-256 with AES-CCM-16-64-128: what the roles run. */
const SUITE = 2;
/** Static Diffie-Hellman, and signatures. */
const METHODS = Object.freeze([3, 0]);

interface Transcript {
  readonly message1: Uint8Array;
  readonly message2: Uint8Array;
  readonly message3: Uint8Array;
  readonly message4: Uint8Array;
}

/**
 * Each side runs against the other's stored messages, which stay right because ephemeral keys and signatures
 * repeat. `bytes` are those of the four messages, which tell the methods apart.
 */
export function handshakeOperations(provider: CryptoProvider): OperationGroup[] {
  return [...METHODS.map((method) => methodOperations(provider, method)), resumptionOperations(provider)];
}

function methodOperations(provider: CryptoProvider, method: number): OperationGroup {
  const initiator = createSide(provider, method, 1);
  const responder = createSide(provider, method, 2);
  const transcript = runBoth(initiator, responder);
  const bytes = Object.values(transcript).reduce((sum, { length }) => sum + length, 0);
  const runCurves = method === 3 ? runAgreements : runSignatures;
  return () => [
    { op: 'handshake.initiator', bytes, run: () => runInitiator(initiator, responder, transcript) },
    { op: 'handshake.responder', bytes, run: () => runResponder(responder, initiator, transcript) },
    { op: 'handshake.curves', bytes, run: () => runCurves(provider, responder.identity.privateKey) },
  ];
}

interface Side {
  readonly method: number;
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly connectionId: Uint8Array;
}

function createSide(provider: CryptoProvider, method: number, number: number): Side {
  const privateKey = provider.privateKey(Curve.P256, new Uint8Array(32).fill(number));
  const { curve, publicKey } = privateKey;
  const ccs = encodeCcs({ curve, publicKey, kid: Uint8Array.of(number) });
  const ephemeral = new Uint8Array(32).fill(0x10 + number);
  let signature: Uint8Array | undefined;
  return {
    method,
    provider: {
      ...provider,
      // Importing a key costs what making one does: the public key is computed.
      generateKey: (wanted) => provider.privateKey(wanted, ephemeral),
      // A provider may sign with randomness. Each is made, and the first one sent.
      sign(...signed) {
        const made = provider.sign(...signed);
        signature ??= made;
        return signature;
      },
    },
    identity: { privateKey, credential: ccsCredential(ccs) },
    connectionId: Uint8Array.of(number),
  };
}

function optionsOf({ provider, identity }: Side) {
  return { provider, suites: [SUITE], identities: [identity] };
}

function startInitiator(own: Side) {
  return createInitiator({ ...optionsOf(own), method: own.method }).start({ connectionId: own.connectionId });
}

function startResponder(own: Side, message1: Uint8Array) {
  const responder = createResponder({ ...optionsOf(own), methods: [own.method] });
  return responder.receive(message1).respond({ connectionId: own.connectionId });
}

function runBoth(initiator: Side, responder: Side): Transcript {
  const waiting = startInitiator(initiator);
  const answered = startResponder(responder, waiting.message);
  const finished = waiting.receive(answered.message).verify(responder.identity.credential).finish();
  const ended = answered.receive(finished.message).verify(initiator.identity.credential).answer();
  return {
    message1: waiting.message,
    message2: answered.message,
    message3: finished.message,
    message4: ended.message,
  };
}

function runInitiator(own: Side, peer: Side, { message2, message4 }: Transcript): void {
  const verified = startInitiator(own).receive(message2).verify(peer.identity.credential);
  verified.finish().receive(message4).established.close();
}

function runResponder(own: Side, peer: Side, { message1, message3 }: Transcript): void {
  const claimed = startResponder(own, message1).receive(message3);
  claimed.verify(peer.identity.credential).answer().established.close();
}

/** Method 3: a key, both agreements with a peer's ephemeral key, which is x alone, and one with its static key. */
function runAgreements(provider: CryptoProvider, peer: PrivateKey): void {
  const key = provider.privateKey(Curve.P256, new Uint8Array(32).fill(3));
  const x = peer.publicKey.subarray(0, 32);
  for (const publicKey of [x, x, peer.publicKey]) provider.agree(key, publicKey).wipe();
  key.wipe();
}

/** Method 0: a key, an agreement, a signature made and one verified. */
function runSignatures(provider: CryptoProvider, peer: PrivateKey): void {
  const key = provider.privateKey(Curve.P256, new Uint8Array(32).fill(3));
  provider.agree(key, peer.publicKey.subarray(0, 32)).wipe();
  const message = new Uint8Array(64).fill(7);
  const signature = provider.sign(SignatureAlgorithm.ES256, peer, message);
  provider.verify(SignatureAlgorithm.ES256, peer.publicKey, message, signature);
  key.wipe();
}
