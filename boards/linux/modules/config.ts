// SPDX-License-Identifier: Apache-2.0

/** `mc/config`: what a manifest says of the board. Its display is its standard output. */

// biome-ignore lint/style/noDefaultExport: Moddable's surface.
export default Object.freeze({
  ble: Object.freeze({ ioCapabilities: 'display' }),
});
