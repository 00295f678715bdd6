// SPDX-License-Identifier: Apache-2.0

/**
 * ESP-IDF's partition table ("Partition Tables", Generating Binary Partition Table), little-endian:
 *
 *     row  = aa 50 ‖ type (1) ‖ subtype (1) ‖ offset (4) ‖ size (4) ‖ name, zeros after it (16) ‖ flags (4)
 *     md5  = eb eb ‖ 14 × ff ‖ MD5 of the rows (16)      ; unless the image was built without (CONFIG_PARTITION_TABLE_MD5)
 *     last = 32 × ff
 */
import { createHash } from 'node:crypto';
import { equalBytes } from '../../src/bytes/compare.ts';
import { refuse } from '../../src/refusal.ts';
import { isBlank } from '../provision/nvs-reader.ts';

export interface PartitionRow {
  readonly name: string;
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly size: number;
}

const ROW_BYTES = 32;
const MAX_ROWS = 95;
const ROW = 0x50aa;
const DIGEST = 0xebeb;
const LAST = 0xffff;
const NAME = { at: 12, length: 16 } as const;
const DATA = 1;
const NVS = 2;

/** Refuses `truncated` a table without its last row, `integrityFailure` one whose rows have another MD5. */
export function readPartitionTable(bytes: Uint8Array): PartitionRow[] {
  const rows: PartitionRow[] = [];
  for (let at = 0; at + ROW_BYTES <= bytes.length && rows.length <= MAX_ROWS; at += ROW_BYTES) {
    const row = bytes.subarray(at, at + ROW_BYTES);
    const view = new DataView(row.buffer, row.byteOffset);
    const magic = view.getUint16(0, true);
    if (magic === LAST && isBlank(row)) return rows;
    if (magic === DIGEST) {
      const digest = createHash('md5').update(bytes.subarray(0, at)).digest();
      if (!equalBytes(row.subarray(16), digest)) refuse('integrityFailure');
      return rows;
    }
    if (magic !== ROW) refuse('notWellFormed');
    rows.push(rowOf(row, view));
  }
  return refuse('truncated');
}

/** The partition `nvs`, in which the firmware's store is. Undefined where there is none. */
export function storeIn(rows: readonly PartitionRow[]): PartitionRow | undefined {
  return rows.find(({ name, type, subtype }) => name === 'nvs' && type === DATA && subtype === NVS);
}

function rowOf(row: Uint8Array, view: DataView): PartitionRow {
  const bytes = row.subarray(NAME.at, NAME.at + NAME.length);
  const end = bytes.indexOf(0);
  return {
    name: Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1'),
    type: row[2]!,
    subtype: row[3]!,
    offset: view.getUint32(4, true),
    size: view.getUint32(8, true),
  };
}
