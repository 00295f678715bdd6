// SPDX-License-Identifier: Apache-2.0

/** The images of devices, on boards whose host program is ours: firmware/programs says what each is made of. */
import { join } from 'node:path';
import type { StdinOptions } from 'esbuild';
import { type BundleOptions, bundleForXs, ROOT } from './bundle.ts';
import { deviceProgram, functionsInC } from './device.ts';
import { versionDefinition } from './version.ts';

/** The program of a device. A library writes no log there. */
export const RELEASE: BundleOptions = {
  define: versionDefinition(),
  drop: ['console'],
  plugins: [deviceProgram('pne')],
};

/** The same for a board that has native cryptography whatever the machine that it is built on. */
export const NATIVE_RELEASE: BundleOptions = { ...RELEASE, plugins: [functionsInC(), deviceProgram('pne')] };

/** The main of an image: firmware/programs/image-NAME.ts. */
export function mainOf(image: string): string {
  return join(ROOT, `firmware/programs/image-${image}.ts`);
}

/**
 * For a host that runs a bundle as it is, boards/linux: from a timer, because the stack is the device's only once the
 * body of the bundle has ended.
 */
export function fromTimer(image: string): StdinOptions {
  const contents = `import main from ${JSON.stringify(mainOf(image))};
    import { after } from './firmware/platform/timer.ts';
    after(0, main);`;
  return { contents, resolveDir: ROOT };
}

/** For boards/linux, which shows passkeys or shows nothing. */
export function linuxRelease(ioCapabilities: 'none' | 'display' = 'display'): BundleOptions {
  return {
    ...RELEASE,
    alias: { 'mc/config': join(ROOT, 'boards/linux/modules/config.ts') },
    define: { ...RELEASE.define, BOARD_IO_CAPABILITIES: JSON.stringify(ioCapabilities) },
  };
}

/** The device program for the Linux board. */
export function bundleFirmware(): Promise<string> {
  return bundleForXs(fromTimer('linux'), 'pne', linuxRelease());
}

/** The device program for the Linux board with Bluetooth LE. */
export function bundleBleFirmware(ioCapabilities: 'none' | 'display' = 'display'): Promise<string> {
  return bundleForXs(fromTimer('linux-ble'), `pne-ble-${ioCapabilities}`, linuxRelease(ioCapabilities));
}

/** The device program for a board with serial ports. */
export function bundleSerialFirmware(): Promise<string> {
  return bundleForXs(mainOf('serial'), 'pne-serial', NATIVE_RELEASE);
}

/** The device program for a board with serial ports, one of them to its Bluetooth LE stack. */
export function bundleBleSerialFirmware(): Promise<string> {
  const peripheral = join(ROOT, 'boards/qemu-rv32/modules/peripheral.ts');
  return bundleForXs(mainOf('ble-line'), 'pne-ble-serial', {
    ...NATIVE_RELEASE,
    alias: { 'embedded:io/bluetoothle/peripheral': peripheral },
  });
}
