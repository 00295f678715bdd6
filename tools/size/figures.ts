// SPDX-License-Identifier: Apache-2.0

/** What an image takes, figure by figure. */
import { preloadedBytes, programIn } from '../build/rv32-flash.ts';
import { bytecodeByModule } from './bytecode.ts';
import { measureConnected } from './connected.ts';
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
  const flash = await image.build();
  const program = programIn(flash);
  const { code, constants, names, bytecode, data, xsRegion } = readStaticSize(program);
  const shares = await bytecodeByShare(await image.bundle());
  const memory = await measureConnected(program, image.link);
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
    ['preloadedBytes', preloadedBytes(flash), 'flash: built-ins and modules, as they are when loaded'],
    ['dataBytes', data, 'RAM: variables of C'],
    ['xsBytes', xsRegion, 'RAM: for XS, its stack included'],
    ['xsLiveBytes', memory.live, '  slots and chunks that live, connected'],
    ['slotsPeakBytes', memory.slotsPeak, '  slots at most'],
    ['chunksPeakBytes', memory.chunksPeak, '  chunks at most, garbage included'],
    ['jsStackPeakBytes', memory.jsStackPeak, '  JS stack at most'],
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
