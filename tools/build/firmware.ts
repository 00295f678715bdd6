// SPDX-License-Identifier: Apache-2.0

/** What the images of devices are made of, on boards whose host program is ours. */
import { join } from 'node:path';
import { type BundleOptions, bundleForXs, ROOT } from './bundle.ts';
import { deviceProgram, functionsInC } from './device.ts';

/** The program of a device. It writes no log: a library's is left out. */
const RELEASE: BundleOptions = { drop: ['console'], plugins: [deviceProgram('pne')] };

/** The same for a board that has native cryptography whatever the machine that it is built on. */
const NATIVE_RELEASE: BundleOptions = { ...RELEASE, plugins: [functionsInC(), deviceProgram('pne')] };

/** The device program for the Linux board. */
export function bundleFirmware(): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/programs/main.ts'), 'pne', RELEASE);
}

/** The device program for the Linux board with Bluetooth LE, which shows passkeys or shows nothing. */
export function bundleBleFirmware(ioCapabilities: 'none' | 'display' = 'display'): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/programs/main-ble.ts'), `pne-ble-${ioCapabilities}`, {
    ...RELEASE,
    alias: { 'mc/config': join(ROOT, 'boards/linux/modules/config.ts') },
    define: { BOARD_IO_CAPABILITIES: JSON.stringify(ioCapabilities) },
  });
}

/** The device program for a board with serial ports. */
export function bundleSerialFirmware(): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/programs/main-serial.ts'), 'pne-serial', NATIVE_RELEASE);
}

/** The device program for a board with serial ports, one of them to its Bluetooth LE stack. */
export function bundleBleSerialFirmware(): Promise<string> {
  const peripheral = join(ROOT, 'boards/qemu-rv32/modules/peripheral.ts');
  return bundleForXs(join(ROOT, 'firmware/programs/main-ble-serial.ts'), 'pne-ble-serial', {
    ...NATIVE_RELEASE,
    alias: { 'embedded:io/bluetoothle/peripheral': peripheral },
  });
}
