// SPDX-License-Identifier: Apache-2.0

/** A certificate of one's own signing: one that OpenSSL reads, and another one every time. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newCertificate } from './certificate.ts';

const test = suite('simulator/scenario/ims/certificate');

test('it is signed by its own key, for today, and is another one each time', () => {
  const all = Array.from({ length: 20 }, () => newCertificate('cpns-server'));
  for (const { cert, key } of all) {
    const certificate = new X509Certificate(cert);
    assert.is(certificate.subject, 'CN=cpns-server');
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(Buffer.from(key))));
    assert.ok(Date.parse(certificate.validFrom) < Date.now() && Date.now() < Date.parse(certificate.validTo));
  }
  assert.is(new Set(all.map(({ cert }) => new X509Certificate(cert).serialNumber)).size, all.length);
});

test('a long name is read too', () => {
  assert.is(new X509Certificate(newCertificate('n'.repeat(60)).cert).subject, `CN=${'n'.repeat(60)}`);
});

test.run();
