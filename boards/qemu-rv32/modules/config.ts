// SPDX-License-Identifier: Apache-2.0

/** `mc/config`: what a manifest says of the board. Pins are a matter of form here; its display is its console. */

// biome-ignore lint/style/noDefaultExport: Moddable's surface.
export default Object.freeze({
  board: 'qemu-rv32',
  ble: Object.freeze({ ioCapabilities: 'display' }),
  serial: Object.freeze({ port: 0, receive: 0, transmit: 1, baud: 230_400 }),
  feed: Object.freeze({ port: 1, receive: 2, transmit: 3, baud: 230_400 }),
});
