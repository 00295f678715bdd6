// SPDX-License-Identifier: Apache-2.0

/** The images that are built for a device. */
import rv32 from '../../boards/qemu-rv32/board.json';
import { bundleBleSerialFirmware, bundleSerialFirmware } from '../build/firmware.ts';
import { buildRv32BlePne, buildRv32Pne } from '../simulator/boards.ts';

export interface Image {
  readonly name: string;
  readonly board: string;
  readonly provider: 'native' | 'noble';
  /** How it reaches the gateway. With ble it shows a passkey on its console. */
  readonly link: 'stream' | 'ble';
  /** What it may take, by the names of figures.ts. */
  readonly budget: Budget;
  /** Makes the bundle that is in it. Returns the path. */
  bundle(): Promise<string>;
  /** Returns the path of its flash. */
  build(): Promise<string>;
}

export type Budget = Readonly<Record<string, number>>;

export const IMAGES: readonly Image[] = Object.freeze<Image[]>([
  {
    name: 'pne',
    board: rv32.name,
    provider: 'native',
    link: 'stream',
    budget: rv32.budgets.pne,
    bundle: bundleSerialFirmware,
    build: buildRv32Pne,
  },
  {
    name: 'pne-ble',
    board: rv32.name,
    provider: 'native',
    link: 'ble',
    budget: rv32.budgets['pne-ble'],
    bundle: bundleBleSerialFirmware,
    build: buildRv32BlePne,
  },
]);
