// SPDX-License-Identifier: Apache-2.0

/** Who a PNE is and where its gateway is, from its provisioning and, where it joined by a code, from its sealed store. */
import type { CryptoProvider, Secret } from '../../src/crypto/provider.ts';
import { ccsCredential } from '../../src/handshake/credential.ts';
import { refuse } from '../../src/refusal.ts';
import { type Member, openMember } from '../../src/roles/pne-membership.ts';
import {
  decodeInvited,
  decodeProvisioning,
  encodeInvited,
  type Invited,
  type Place,
  type Provisioning,
} from '../../src/roles/provisioning.ts';
import type { SealedStore } from '../../src/store/store.ts';
import type { Store } from '../platform/store.ts';

const KEY = 'provisioning';

export interface PnePlace extends Place {
  /** Undefined before it has joined. */
  readonly member: Member | undefined;
  /** What it joins with, while that is not used. */
  readonly secret: Secret | undefined;
}

/** Refuses with `notProvisioned` a PNE whose secret is used, and which has lost what it joined with. */
export function openPlace(provider: CryptoProvider, device: SealedStore, store: Store): PnePlace {
  const bytes = store.read(KEY) ?? refuse('notProvisioned');
  const invited = decodeInvited(bytes);
  if (invited !== undefined) return openInvited(provider, device, store, invited);
  const provisioning = decodeProvisioning(bytes);
  const { pneId, gatewayAddress, gatewayPort } = provisioning;
  const member = provisionedMember(provider, provisioning);
  return { pneId, gatewayAddress, gatewayPort, member, secret: undefined };
}

function provisionedMember(provider: CryptoProvider, provisioning: Provisioning): Member {
  const credential = ccsCredential(provisioning.ownCcs);
  const privateKey = provider.privateKey(credential.curve, provisioning.privateKey);
  provisioning.privateKey.fill(0);
  return {
    own: { privateKey, credential },
    gateway: ccsCredential(provisioning.gatewayCcs),
    server: ccsCredential(provisioning.serverCcs),
  };
}

function openInvited(
  provider: CryptoProvider,
  device: SealedStore,
  store: Store,
  invited: Invited,
): PnePlace {
  const member = openMember(provider, device, invited.pneId);
  if (member !== undefined) forget(store, invited);
  if (member === undefined && invited.secret.length === 0) refuse('notProvisioned');
  const secret = member === undefined ? provider.secret(invited.secret) : undefined;
  invited.secret.fill(0);
  return { ...invited, member, secret };
}

/** A used secret is overwritten. Provisioning that is only read keeps it: it is not used again, and opens nothing. */
function forget(store: Store, invited: Invited): void {
  if (invited.secret.length === 0) return;
  try {
    store.write(KEY, encodeInvited({ ...invited, secret: new Uint8Array(0) }));
  } catch {}
}
