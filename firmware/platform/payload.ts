// SPDX-License-Identifier: Apache-2.0
import type { PayloadNatives } from '../../src/payload/native.ts';

/** The C functions of the payload codec, or undefined where the host was built without them. */
export function payloadNatives(): PayloadNatives | undefined {
  try {
    return bindPayloadNatives();
  } catch {
    return undefined;
  }
}

/** The same for an image that has them: a call at the level of a module puts them into flash. */
export function bindPayloadNatives(): PayloadNatives {
  return Object.freeze({
    encode: native('xs_pnepayload_encode'),
    decode: native('xs_pnepayload_decode'),
    pack: native('xs_pnepayload_pack'),
    withNames: native('xs_pnepayload_withNames'),
  });
}
