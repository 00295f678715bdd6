// SPDX-License-Identifier: Apache-2.0
import type { StackExtras } from './peripheral.ts';

/** Of ESP32: boards/esp32/nimble.c. A board has one connection at most, and so none is named. */
export const NIMBLE: StackExtras = Object.freeze({
  /**
   * `close` of SDK 8.2.3 frees the connection at once, and when NimBLE then ends its subscription the SDK reads what
   * was freed, and the board restarts. NimBLE itself is told here: the SDK learns of the end as of any other.
   */
  terminate(): void {
    native('xs_pne_terminate').call(undefined);
  },
  channelBinding(): Uint8Array | undefined {
    const binding: ArrayBuffer | undefined = native('xs_pne_channel_binding').call(undefined);
    return binding && new Uint8Array(binding);
  },
  isBonded: () => native('xs_pne_is_bonded').call(undefined),
  forgetBond(): void {
    native('xs_pne_forget_bond').call(undefined);
  },
} satisfies StackExtras);
