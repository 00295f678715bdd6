// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../../src/crypto/curves.ts';
import {
  type Credential,
  ccsCredential,
  createCredentialStore,
  encodeCcs,
} from '../../src/handshake/credential.ts';
import { Refusal } from '../../src/refusal.ts';
import { PROVIDER as provider } from '../../src/roles/identities.testing.ts';
import { createMemoryMedium } from '../../src/store/medium.testing.ts';
import { openSealedStore } from '../../src/store/sealed-store.ts';
import { TrustedGateways } from './trusted-gateways.ts';

const test = suite('trusted-gateways');

function gateway(name: string, kid: number): Credential {
  const { publicKey } = provider.generateKey(Curve.P256);
  return ccsCredential(encodeCcs({ curve: Curve.P256, publicKey, kid: Uint8Array.of(kid) }, name));
}

const [own, second, third] = [gateway('gateway-1', 1), gateway('gateway-2', 2), gateway('gateway-3', 3)];

/** Starts a PNE with what is in this medium. */
function started(medium = createMemoryMedium()) {
  const store = openSealedStore(provider, provider.secret(new Uint8Array(32)), medium);
  const gateways = new TrustedGateways(provider, store, createCredentialStore([own]));
  const trusted = () =>
    [own, second, third]
      .filter(({ idCred }) => gateways.candidates(idCred).length > 0)
      .map(({ subject }) => subject);
  return { medium, gateways, trusted };
}

test('a PNE trusts the gateway that it was given, and the one that was named last', () => {
  const { gateways, trusted } = started();
  assert.equal(trusted(), ['gateway-1']);
  assert.ok(gateways.trust(second.cred));
  assert.equal(gateways.candidates(second.idCred)[0]!.cred, second.cred);
  assert.equal(trusted(), ['gateway-1', 'gateway-2']);
  assert.ok(gateways.trust(third.cred));
  assert.equal(trusted(), ['gateway-1', 'gateway-3']);
});

test('it trusts it after a restart, too', () => {
  const { gateways, medium } = started();
  gateways.trust(second.cred);
  assert.equal(started(medium).trusted(), ['gateway-1', 'gateway-2']);
});

test('one that it trusts already is not written again', () => {
  const { gateways, medium } = started();
  gateways.trust(second.cred);
  const { writes } = medium.changes;
  assert.not(gateways.trust(second.cred));
  assert.not(gateways.trust(own.cred));
  assert.is(medium.changes.writes, writes);
});

test('one that is too long for the store is trusted until the next start', () => {
  const long = gateway('a gateway of a long name', 2);
  const { gateways, medium } = started();
  assert.ok(gateways.trust(long.cred));
  assert.equal(gateways.candidates(long.idCred)[0]!.cred, long.cred);
  assert.equal(started(medium).trusted(), ['gateway-1']);
});

test('what is no credential is refused, and the former stays trusted', () => {
  const { gateways, trusted } = started();
  gateways.trust(second.cred);
  assert.throws(
    () => gateways.trust(third.cred.subarray(1)),
    (error: unknown) => error instanceof Refusal,
  );
  assert.equal(trusted(), ['gateway-1', 'gateway-2']);
});

test.run();
