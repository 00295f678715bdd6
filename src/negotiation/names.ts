// SPDX-License-Identifier: Apache-2.0

/** How mechanisms are shown to people. A device shows them to nobody. */
import type { LinkKind } from '../link/attestation.ts';
import { refuse } from '../refusal.ts';
import { Authentication, Confidentiality, Integrity, isDelegated } from './mechanisms.ts';

const NAMES: Readonly<Record<number, string>> = Object.freeze({
  __proto__: null,
  [Authentication.method0]: 'EDHOC method 0',
  [Authentication.method1]: 'EDHOC method 1',
  [Authentication.method2]: 'EDHOC method 2',
  [Authentication.method3]: 'EDHOC method 3',
  [Authentication.psk]: 'EDHOC PSK',
  [Integrity.tag64]: 'AEAD 64-bit tag',
  [Integrity.tag128]: 'AEAD 128-bit tag',
  [Integrity.hmac64]: 'HMAC 256/64',
  [Integrity.hmac256]: 'HMAC 256/256',
  [Integrity.signature]: 'ES256',
  [Confidentiality.aesCcm64]: 'AES-CCM-16-64-128',
  [Confidentiality.aesCcm128]: 'AES-CCM-16-128-128',
  [Confidentiality.a128Gcm]: 'A128GCM',
  [Confidentiality.chaCha20]: 'ChaCha20/Poly1305',
  [Confidentiality.none]: 'none',
});

/** Returns the name of a mechanism, or `delegated:` and the kind of link. */
export function mechanismName(number: number, link: LinkKind): string {
  return isDelegated(number) ? `delegated:${link}` : (NAMES[number] ?? refuse('badArgument'));
}
