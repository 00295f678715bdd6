// SPDX-License-Identifier: Apache-2.0
import decodeQR from 'qr/decode.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCode } from './onboarding-code.ts';
import { qrLines } from './onboarding-qr.ts';

const test = suite('onboarding QR code');

const SCALE = 4;

/** A line without its colours. */
function modulesOf(line: string): string {
  return line.slice(line.indexOf('m') + 1, line.lastIndexOf('\u001b'));
}

/** What a camera in front of the terminal sees: dark modules on light, without the colours. */
function photograph(lines: readonly string[]) {
  const rows = lines.map((line) => [...modulesOf(line)]);
  const [width, height] = [rows[0]!.length * SCALE, 2 * rows.length * SCALE];
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [row, column] = [Math.floor(y / SCALE), Math.floor(x / SCALE)];
      const block = rows[row >> 1]![column]!;
      const isDark = block === '\u2588' || block === (row % 2 === 0 ? '\u2580' : '\u2584');
      if (isDark) data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return { width, height, data };
}

test('a reader gets the code back, the longest too', () => {
  for (const pneId of ['pne-1', 'pne-99999']) {
    const code = encodeCode({ pneId, secret: new Uint8Array(16).fill(0xa5), network: 77 });
    assert.is(decodeQR(photograph(qrLines(code))), code);
  }
});

test('it takes 29 columns and 15 lines', () => {
  const code = encodeCode({ pneId: 'pne-99999', secret: new Uint8Array(16).fill(0xff), network: 1023 });
  const lines = qrLines(code);
  assert.is(lines.length, 15);
  for (const line of lines) assert.is(modulesOf(line).length, 29);
});

test.run();
