// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import trace1 from '../../tools/vectors/edhoc-rfc9529/trace1_method0_suite0_x5t.json';
import trace2 from '../../tools/vectors/edhoc-rfc9529/trace2_method3_suite2_kid.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Curve } from '../crypto/curves.ts';
import { ImplementationLimits } from '../limits.ts';
import {
  type Credential,
  ccsCredential,
  certificateCredential,
  createCredentialStore,
  encodeCcs,
} from './credential.ts';
import { createProvider, outcome } from './test-fixture.ts';

const test = suite('credentials');
const KEY = 'a5010202412b2001215820'.concat('11'.repeat(32), '225820', '22'.repeat(32));

function entryOf(trace: { vectors: readonly { name: string; hex: string }[] }, name: string): string {
  return trace.vectors.find((entry) => entry.name === name)!.hex;
}

test('reads the CCS of RFC 9529 and writes the same bytes', () => {
  for (const [end, subject] of [
    ['I', '42-50-31-FF-EF-37-32-39'],
    ['R', 'example.edu'],
  ] as const) {
    const ccs = entryOf(trace2, `CRED_${end}`);
    const credential = ccsCredential(fromHex(ccs));
    assert.is(toHex(credential.cred), ccs);
    assert.is(toHex(credential.idCred), entryOf(trace2, `ID_CRED_${end}`));
    assert.is(credential.subject, subject);
    const { curve, publicKey } = credential;
    const kid = credential.idCred.slice(-1);
    assert.is(toHex(encodeCcs({ curve, publicKey, kid }, subject)), ccs);
  }
});

test('refers to a certificate by its truncated hash', () => {
  const provider = createProvider(1);
  for (const end of ['I', 'R']) {
    const publicKey = fromHex(entryOf(trace1, `PK_${end}`));
    const certificate = fromHex(entryOf(trace1, `CRED_${end}`));
    const credential = certificateCredential(provider, certificate, { curve: Curve.Ed25519, publicKey });
    assert.is(toHex(credential.idCred), entryOf(trace1, `ID_CRED_${end}`));
    assert.is(toHex(credential.cred), trace1.vectors.filter(({ name }) => name === `CRED_${end}`)[1]!.hex);
  }
});

test('passes over claims that say nothing about the key', () => {
  const bare = ccsCredential(fromHex(`a108a101${KEY}`));
  assert.is(bare.subject, undefined);
  const full = ccsCredential(fromHex(`a3016161041a5fffffff08a101${KEY}`));
  assert.equal(full.publicKey, bare.publicKey);
  assert.not.equal(full.cred, bare.cred);
});

test('refuses a claims set without a key, or whose key has no kid or no y', () => {
  for (const ccs of [
    'a10263616263',
    'a108a0',
    `a108a102${KEY}`,
    `a108a101a301012004215820${'11'.repeat(32)}`,
    `a108a101a5010202410f2001215820${'11'.repeat(32)}22f5`,
  ]) {
    assert.is(
      outcome(() => ccsCredential(fromHex(ccs))),
      'credentialInvalid',
      ccs,
    );
  }
});

test('refuses claims twice, out of order, or with bytes after them', () => {
  assert.is(
    outcome(() => ccsCredential(fromHex(`a208a101${KEY}026161`))),
    'notDeterministic',
  );
  assert.is(
    outcome(() => ccsCredential(fromHex(`a208a101${KEY}08a101${KEY}`))),
    'duplicateKey',
  );
  assert.is(
    outcome(() => ccsCredential(fromHex(`a108a101${KEY}00`))),
    'trailingBytes',
  );
});

test('a store finds by reference, and nothing else', () => {
  const one = ccsCredential(fromHex(`a108a101${KEY}`));
  const store = createCredentialStore([one]);
  assert.equal(store.candidates(one.idCred.slice()), [one]);
  assert.equal(store.candidates(fromHex('a104412c')), []);
  assert.equal(store.candidates(new Uint8Array(0)), []);
});

test('a store finds all of one reference, and holds as many as are tried', () => {
  const { maxCandidates } = ImplementationLimits;
  const all = Array.from({ length: maxCandidates }, (_, at) => named(`pne-${at}`, '2b'));
  const other = named('other', '2c');
  const store = createCredentialStore([...all, other]);
  assert.equal(store.candidates(all[0]!.idCred), all);
  assert.equal(store.candidates(other.idCred), [other]);
  assert.throws(
    () => createCredentialStore([...all, other, named('one-too-many', '2b')]),
    /credentialInvalid \(24\): too many of the reference of pne-0$/,
  );
});

test('a store refuses two credentials of one subject, by name, whatever their references', () => {
  for (const kid of ['2b', '2c']) {
    const twice = [named('pne-1', '2b'), named('pne-2', '2a'), named('pne-1', kid)];
    assert.is(
      outcome(() => createCredentialStore(twice)),
      'credentialInvalid',
    );
    assert.throws(() => createCredentialStore(twice), /: two of pne-1$/);
  }
  const nameless = fromHex(`a108a101${KEY}`);
  createCredentialStore([ccsCredential(nameless), ccsCredential(nameless)]);
});

/** All of one key, which a store does not look at. */
function named(subject: string, kid: string): Credential {
  const key = { curve: Curve.P256, publicKey: new Uint8Array(64).fill(1), kid: fromHex(kid) };
  return ccsCredential(encodeCcs(key, subject));
}

test.run();
