// SPDX-License-Identifier: Apache-2.0

/** What runs here, and on what: for the console. */
import config from 'mc/config';

/** Of package.json, when the image was built. */
declare const PNE_VERSION: string;

export const VERSION = PNE_VERSION;

/** The folder in boards. */
export const BOARD = config.board;

/** As `XS 13.3.0`. */
export function engineName(this: void): string {
  return native('xs_pne_engine').call(this);
}
