// SPDX-License-Identifier: Apache-2.0
import type { NativeSecret } from '../../src/crypto/native/natives.ts';

/** The C function that loads the board's root key, and makes it at the first start. It throws where there can be none. */
export function bindRootKey(): () => NativeSecret {
  return native('xs_pnecrypto_rootKey');
}
