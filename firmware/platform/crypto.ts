// SPDX-License-Identifier: Apache-2.0
import type { CryptoNatives } from '../../src/crypto/native/natives.ts';

/** The C functions of the native provider, or undefined where the host was built without them. */
export function cryptoNatives(): CryptoNatives | undefined {
  try {
    return bindCryptoNatives();
  } catch {
    return undefined;
  }
}

/** The same for an image that has them: a call at the level of a module puts them into flash. */
export function bindCryptoNatives(): CryptoNatives {
  return Object.freeze({
    random: native('xs_pnecrypto_random'),
    hash: native('xs_pnecrypto_hash'),
    secret: native('xs_pnecrypto_secret'),
    length: native('xs_pnecrypto_length'),
    wipe: native('xs_pnecrypto_wipe'),
    aeadKey: native('xs_pnecrypto_aeadKey'),
    seal: native('xs_pnecrypto_seal'),
    open: native('xs_pnecrypto_open'),
    wrap: native('xs_pnecrypto_wrap'),
    unwrap: native('xs_pnecrypto_unwrap'),
    macKey: native('xs_pnecrypto_macKey'),
    mac: native('xs_pnecrypto_mac'),
    extract: native('xs_pnecrypto_extract'),
    expand: native('xs_pnecrypto_expand'),
    expandSecret: native('xs_pnecrypto_expandSecret'),
    privateKey: native('xs_pnecrypto_privateKey'),
    privateKeyOf: native('xs_pnecrypto_privateKeyOf'),
    privateSecret: native('xs_pnecrypto_privateSecret'),
    generateKey: native('xs_pnecrypto_generateKey'),
    agree: native('xs_pnecrypto_agree'),
    decompress: native('xs_pnecrypto_decompress'),
    sign: native('xs_pnecrypto_sign'),
    verify: native('xs_pnecrypto_verify'),
    sender: native('xs_pnecrypto_sender'),
    next: native('xs_pnecrypto_next'),
    reserve: native('xs_pnecrypto_reserve'),
    refusal: native('xs_pnecrypto_refusal'),
    protect: native('xs_pnecrypto_protect'),
    protectInto: native('xs_pnecrypto_protectInto'),
    protectNested: native('xs_pnecrypto_protectNested'),
    unprotectNested: native('xs_pnecrypto_unprotectNested'),
    recipient: native('xs_pnecrypto_recipient'),
    unprotect: native('xs_pnecrypto_unprotect'),
    highest: native('xs_pnecrypto_highest'),
    seen: native('xs_pnecrypto_seen'),
    failed: native('xs_pnecrypto_failed'),
  });
}
