// SPDX-License-Identifier: Apache-2.0

/**
 * AES-128, encryption only (FIPS 197), as far as CCM and GCM need it and a device has room for it.
 * A block is four 32-bit words in memory order (little-endian: byte 0 is the low byte of word 0), kept as
 * int32 because XS turns larger typed-array values into doubles.
 *
 * Table look-ups take time that depends on secrets where memory is cached. A microcontroller that runs
 * from internal RAM has no data cache; elsewhere a native provider is the answer.
 */

const ROUNDS = 10;
const SCHEDULE_WORDS = 4 * (ROUNDS + 1);

/** For each byte b with S = SubBytes(b): the column 2·S, S, S, 3·S. Read only, so that it can lie in flash. */
const TABLE = makeTable();

/** Expands a 16-byte key (FIPS 197 section 5.2). */
export function expandKey(key: Uint8Array): Int32Array {
  const schedule = new Int32Array(SCHEDULE_WORDS);
  new Uint8Array(schedule.buffer).set(key);
  let roundConstant = 1;
  for (let i = 4; i < SCHEDULE_WORDS; i++) {
    let word = schedule[i - 1]!;
    if (i % 4 === 0) {
      word = substituteRotated(word) ^ roundConstant;
      roundConstant = double(roundConstant);
    }
    schedule[i] = schedule[i - 4]! ^ word;
  }
  return schedule;
}

/** Encrypts `block` in place (FIPS 197 section 5.1). Four columns a round, written out: calls cost on XS. */
export function encryptBlock(schedule: Int32Array, block: Int32Array): void {
  const table = TABLE;
  let a = block[0]! ^ schedule[0]!;
  let b = block[1]! ^ schedule[1]!;
  let c = block[2]! ^ schedule[2]!;
  let d = block[3]! ^ schedule[3]!;
  let x = 0;
  let k = 4;
  while (k < 4 * ROUNDS) {
    x = table[d >>> 24]!;
    x = table[(c >>> 16) & 255]! ^ ((x << 8) | (x >>> 24));
    x = table[(b >>> 8) & 255]! ^ ((x << 8) | (x >>> 24));
    const e = table[a & 255]! ^ ((x << 8) | (x >>> 24)) ^ schedule[k++]!;
    x = table[a >>> 24]!;
    x = table[(d >>> 16) & 255]! ^ ((x << 8) | (x >>> 24));
    x = table[(c >>> 8) & 255]! ^ ((x << 8) | (x >>> 24));
    const f = table[b & 255]! ^ ((x << 8) | (x >>> 24)) ^ schedule[k++]!;
    x = table[b >>> 24]!;
    x = table[(a >>> 16) & 255]! ^ ((x << 8) | (x >>> 24));
    x = table[(d >>> 8) & 255]! ^ ((x << 8) | (x >>> 24));
    const g = table[c & 255]! ^ ((x << 8) | (x >>> 24)) ^ schedule[k++]!;
    x = table[c >>> 24]!;
    x = table[(b >>> 16) & 255]! ^ ((x << 8) | (x >>> 24));
    x = table[(a >>> 8) & 255]! ^ ((x << 8) | (x >>> 24));
    d = table[d & 255]! ^ ((x << 8) | (x >>> 24)) ^ schedule[k++]!;
    a = e;
    b = f;
    c = g;
  }
  block[0] = substitute(a, b, c, d) ^ schedule[k]!;
  block[1] = substitute(b, c, d, a) ^ schedule[k + 1]!;
  block[2] = substitute(c, d, a, b) ^ schedule[k + 2]!;
  block[3] = substitute(d, a, b, c) ^ schedule[k + 3]!;
}

/** SubBytes and ShiftRows for one column: S lies in bytes 1 and 2 of a table word. */
function substitute(a: number, b: number, c: number, d: number): number {
  return (
    ((TABLE[a & 255]! >>> 8) & 0xff) |
    (TABLE[(b >>> 8) & 255]! & 0xff00) |
    (TABLE[(c >>> 16) & 255]! & 0xff0000) |
    ((TABLE[d >>> 24]! << 8) & 0xff000000)
  );
}

/** SubWord(RotWord(word)) of the key expansion. */
function substituteRotated(word: number): number {
  const rotated = (word >>> 8) | (word << 24);
  return substitute(rotated, rotated, rotated, rotated);
}

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  // Walks the field by its generator 3 in one direction and by 1/3 in the other, so that p·q = 1.
  let p = 1;
  let q = 1;
  do {
    p ^= double(p);
    q = divideBy3(q);
    table[p] = column(affine(q));
  } while (p !== 1);
  table[0] = column(0x63);
  return table;
}

function column(s: number): number {
  return double(s) | (s << 8) | (s << 16) | ((double(s) ^ s) << 24);
}

/** Multiplies by x in GF(2^8) (FIPS 197 section 4.2.1). */
function double(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff;
}

function divideBy3(value: number): number {
  let quotient = value ^ (value << 1);
  quotient ^= quotient << 2;
  quotient = (quotient ^ (quotient << 4)) & 0xff;
  return quotient & 0x80 ? quotient ^ 0x09 : quotient;
}

/** The affine step of SubBytes (FIPS 197 section 5.1.1). */
function affine(value: number): number {
  const twice = value | (value << 8);
  return (value ^ (twice >>> 7) ^ (twice >>> 6) ^ (twice >>> 5) ^ (twice >>> 4) ^ 0x63) & 0xff;
}
