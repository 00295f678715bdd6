import { Curve } from '../crypto/curves.ts';
import { type Credential, createCredentialStore } from './credential.ts';
import { createInitiator } from './initiator.ts';
import { createResponder } from './responder.ts';
import { C_I, C_R, createIdentity, createProvider, type Ends } from './test-fixture.ts';

export const OTHER_KID = Uint8Array.of(0x11);

export const PNE_KID = Uint8Array.of(0x2b);

export const GATEWAY_KID = Uint8Array.of(0x32);

/** An Initiator and a Responder of the attacker's, with whatever identity it likes. */
export function attackerAs(subject: string, kid: Uint8Array) {
  const provider = createProvider(66);
  const identities = [createIdentity(provider, Curve.P256, subject, kid)];
  return {
    identity: identities[0]!,
    initiator: createInitiator({ provider, method: 3, suites: [2], identities }),
    responder: createResponder({ provider, methods: [3], suites: [2], identities }),
  };
}

export function begin(ends: Ends) {
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  return { waiting, answer };
}

/** The true messages 2 and 3 still do. */
export function assertCompletes(ends: Ends, { waiting, answer }: ReturnType<typeof begin>): void {
  const { message } = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
  answer.receive(message).verify(ends.initiatorIdentity.credential).answer();
}

/** What the owner does with a claim: look it up, verify. */
export function find(credentials: readonly Credential[], idCred: Uint8Array): Credential | undefined {
  return createCredentialStore(credentials).candidates(idCred)[0];
}
