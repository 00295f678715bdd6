// SPDX-License-Identifier: Apache-2.0

/** What a CPNS Server answers who asks for the key by which a member of a group signs. */
import { Curve } from '../crypto/curves.ts';
import type { Signer } from '../groups/signing.ts';
import type { Credential } from '../handshake/credential.ts';
import { refuse } from '../refusal.ts';
import type { ServerGroup } from './group-key.ts';
import type { KeyPeer } from './key-peer.ts';
import { compressedKey } from './onboarding.ts';
import { decodeSignerRequest, encodeSignerKey } from './signer-message.ts';

const NOTHING = new Uint8Array(0);

/** Answers such a request. Refuses `keyWithheld` who is no member. */
export function tellSigner(
  peer: Pick<KeyPeer, 'tell'>,
  pneId: string,
  bytes: Uint8Array,
  groups: ReadonlyMap<number, ServerGroup>,
  credentialOf: (pneId: string) => Credential | undefined,
): void {
  const signer = decodeSignerRequest(bytes);
  const group = groups.get(signer.reference);
  peer.tell(signerAnswer(signer, pneId, group, credentialOf));
  if (group?.members.has(pneId) !== true) refuse('keyWithheld');
}

/** `group`: as it is now, where there is one. Who is no member of it learns nothing, nor does anybody of another epoch. */
export function signerAnswer(
  signer: Signer,
  pneId: string,
  group: ServerGroup | undefined,
  credentialOf: (pneId: string) => Credential | undefined,
): Uint8Array {
  const isPresent = group?.members.has(pneId) === true && group.record.key.epoch === signer.epoch;
  const member = isPresent ? group.memberWith(signer.sender) : undefined;
  const credential = member === undefined ? undefined : credentialOf(member);
  const key = credential?.curve === Curve.P256 ? compressedKey(credential.publicKey) : NOTHING;
  return encodeSignerKey({ ...signer, key });
}
