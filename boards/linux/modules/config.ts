// SPDX-License-Identifier: Apache-2.0

/** `mc/config`: what a manifest says of the board. Its display, if it has one, is its standard output. */

/** Set when the firmware is bundled. */
declare const BOARD_IO_CAPABILITIES: 'none' | 'display';

// biome-ignore lint/style/noDefaultExport: Moddable's surface.
export default Object.freeze({
  board: 'linux',
  ble: Object.freeze({ ioCapabilities: BOARD_IO_CAPABILITIES }),
});
