// SPDX-License-Identifier: Apache-2.0

/** What an image takes of flash and of memory before it runs. */
import { type Placed, readMap } from './map.ts';

/** Bytes. */
export interface StaticSize {
  /** Machine code, by whose it is. */
  readonly code: CodeSize;
  /** Constants and text of C. */
  readonly constants: number;
  readonly bytecode: number;
  /** The bundle's names. */
  readonly names: number;
  /** Variables of C, without what XS and malloc share out. */
  readonly data: number;
  /** What XS has for slots, chunks and stack. */
  readonly xsRegion: number;
}

export interface CodeSize {
  readonly engine: number;
  readonly mbedTls: number;
  /** boards and firmware/native. */
  readonly own: number;
  /** The C library and the compiler's. */
  readonly library: number;
}

const CODE = /^\.(text|init)\b/;
const READ_ONLY = /^\.s?rodata\b/;
const DATA = /^\.(s?data|s?bss|tdata|tbss)\b/;
/** What is divided among JavaScript and C while the image runs. */
const REGIONS = /\.(gRegion|gCHeap)$/;
const BUNDLE = /\.gBundle(Code|Names)$/;

export function readStaticSize(image: string): StaticSize {
  const placed = readMap(`${image}.map`);
  const sum = (...tests: ((placed: Placed) => boolean)[]) =>
    placed.filter((each) => tests.every((test) => test(each))).reduce((bytes, each) => bytes + each.bytes, 0);
  const within = (pattern: RegExp) => (each: Placed) => pattern.test(each.section);
  const beside = (pattern: RegExp) => (each: Placed) => !pattern.test(each.section);
  const of = (owner: keyof CodeSize) => sum(within(CODE), ({ object }) => ownerOf(object) === owner);
  return {
    code: { engine: of('engine'), mbedTls: of('mbedTls'), own: of('own'), library: of('library') },
    constants: sum(within(READ_ONLY), beside(BUNDLE)),
    bytecode: sum(within(/\.gBundleCode$/)),
    names: sum(within(/\.gBundleNames$/)),
    data: sum(within(DATA), beside(REGIONS)),
    xsRegion: sum(within(/\.gRegion$/)),
  };
}

function ownerOf(object: string): keyof CodeSize {
  if (object.endsWith('.xs.o')) return 'engine';
  if (/mbedtls|mbedcrypto/.test(object)) return 'mbedTls';
  return /^(lib\w+\.a|crt0)/.test(object) ? 'library' : 'own';
}
