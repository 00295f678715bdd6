// SPDX-License-Identifier: Apache-2.0

/** What an image takes, figure by figure. */
import { bytecodeByModule } from './bytecode.ts';
import { measureConnected } from './connected.ts';
import { heapByModule } from './heap.ts';
import type { Image } from './images.ts';
import { type Share, shareOf } from './modules.ts';
import { readStaticSize } from './static.ts';

export interface Figure {
  /** As in the `budgets` of a board.json. */
  readonly name: string;
  readonly bytes: number;
  readonly meaning: string;
}

/** Builds the image, lets it run connected to gateway and server, and reads what it has taken. */
export async function measureImage(image: Image): Promise<Figure[]> {
  const path = await image.build();
  const bundle = await image.bundle();
  const { code, constants, names, bytecode, data, xsRegion, loadStack } = readStaticSize(path);
  const shares = await bytecodeByShare(bundle);
  const { builtInBytes } = await heapByModule(bundle);
  const memory = await measureConnected(path);
  const figures: [name: string, bytes: number, meaning: string][] = [
    ['codeBytes', sum(Object.values(code)), 'flash: machine code'],
    ['engineCodeBytes', code.engine, '  of the engine'],
    ['mbedTlsCodeBytes', code.mbedTls, '  of mbedTLS'],
    ['ownCodeBytes', code.own, '  of boards and firmware/native'],
    ['libraryCodeBytes', code.library, '  of the C library'],
    ['constantsBytes', constants, 'flash: constants of C'],
    ['bytecodeBytes', bytecode, 'flash: bytecode'],
    ['srcBytecodeBytes', shares.src, '  of src'],
    ['firmwareBytecodeBytes', shares.firmware, '  of firmware and boards'],
    ['packagesBytecodeBytes', shares.library, '  of packages'],
    ['namesBytes', names, 'flash: names in the bytecode'],
    ['dataBytes', data, 'RAM: variables of C'],
    [
      'xsBytes',
      xsRegion - loadStack - builtInBytes,
      "RAM: XS region beyond the engine's built-ins, stack included",
    ],
    ['xsLiveBytes', memory.live - builtInBytes, '  slots and chunks that live, connected'],
    ['slotsPeakBytes', memory.slotsPeak - builtInBytes, '  slots at most'],
    ['chunksPeakBytes', memory.chunksPeak, '  chunks at most, garbage included'],
    ['jsStackPeakBytes', memory.jsStackPeak, '  JS stack at most'],
    ['builtInsBytes', builtInBytes, "RAM: the engine's built-ins, which the SDK has in flash"],
    ['loadStackBytes', loadStack, 'RAM: stack for loading, which the SDK does not need'],
    ['cHeapBytes', memory.cHeap, 'RAM: heap of C at most'],
    ['cStackPeakBytes', memory.cStackPeak, 'RAM: stack of C at most'],
  ];
  return figures.map(([name, bytes, meaning]) => ({ name, bytes, meaning }));
}

/** What is in no module counts as the firmware's. */
async function bytecodeByShare(bundle: string): Promise<Record<Share, number>> {
  const shares: Record<Share, number> = { src: 0, firmware: 0, library: 0 };
  for (const { module, bytes } of await bytecodeByModule(bundle)) shares[shareOf(module)] += bytes;
  return shares;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
