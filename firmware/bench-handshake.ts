// SPDX-License-Identifier: Apache-2.0

/** What a handshake costs each side, beside the curve operations that it cannot do without. */
import { Curve } from '../src/crypto/curves.ts';
import type { CryptoProvider, PrivateKey } from '../src/crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../src/handshake/credential.ts';
import { createInitiator } from '../src/handshake/initiator.ts';
import { createResponder } from '../src/handshake/responder.ts';
import type { BenchOperation } from './bench-operations.ts';

/** Static Diffie-Hellman on P-256 with AES-CCM-16-64-128: what the roles run. */
const METHOD = 3;
const SUITE = 2;
/** Bytes of the four messages together. */
const HANDSHAKE_BYTES = 110;

interface Transcript {
  readonly message1: Uint8Array;
  readonly message2: Uint8Array;
  readonly message3: Uint8Array;
  readonly message4: Uint8Array;
}

/** Each side runs against the other's stored messages, which stay right because ephemeral keys repeat. */
export function handshakeOperations(provider: CryptoProvider): BenchOperation[] {
  const initiator = createSide(provider, 1);
  const responder = createSide(provider, 2);
  const transcript = runBoth(initiator, responder);
  const bytes = HANDSHAKE_BYTES;
  return [
    { op: 'handshake.initiator', bytes, run: () => runInitiator(initiator, responder, transcript) },
    { op: 'handshake.responder', bytes, run: () => runResponder(responder, initiator, transcript) },
    { op: 'handshake.curves', bytes, run: () => runCurves(provider, responder.identity.privateKey) },
  ];
}

interface Side {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly connectionId: Uint8Array;
}

function createSide(provider: CryptoProvider, number: number): Side {
  const privateKey = provider.privateKey(Curve.P256, new Uint8Array(32).fill(number));
  const { curve, publicKey } = privateKey;
  const ccs = encodeCcs({ curve, publicKey, kid: Uint8Array.of(number) });
  const ephemeral = new Uint8Array(32).fill(0x10 + number);
  return {
    // Importing a key costs what making one does: the public key is computed.
    provider: { ...provider, generateKey: (wanted) => provider.privateKey(wanted, ephemeral) },
    identity: { privateKey, credential: ccsCredential(ccs) },
    connectionId: Uint8Array.of(number),
  };
}

function optionsOf({ provider, identity }: Side) {
  return { provider, suites: [SUITE], identities: [identity] };
}

function startInitiator(own: Side) {
  return createInitiator({ ...optionsOf(own), method: METHOD }).start({ connectionId: own.connectionId });
}

function startResponder(own: Side, message1: Uint8Array) {
  const responder = createResponder({ ...optionsOf(own), methods: [METHOD] });
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

/** One key and three agreements. */
function runCurves(provider: CryptoProvider, peer: PrivateKey): void {
  const key = provider.privateKey(Curve.P256, new Uint8Array(32).fill(3));
  for (let agreements = 0; agreements < 3; agreements += 1) provider.agree(key, peer.publicKey).wipe();
  key.wipe();
}
