// SPDX-License-Identifier: Apache-2.0

import encodeQR from 'qr';

/** Light modules around the code, which its standard asks for. */
const BORDER = 2;

/** The modules of a code, row by row, true for dark. */
export function qrModules(code: string): boolean[][] {
  return encodeQR(code, 'raw', { ecc: 'low', encoding: 'alphanumeric', border: BORDER });
}

/**
 * Lines of a terminal that show a code: two rows of modules each, dark on light whatever the terminal's colours. It takes
 * 29 columns and 15 lines.
 */
export function qrLines(code: string): string[] {
  const modules = qrModules(code);
  return Array.from({ length: Math.ceil(modules.length / 2) }, (_, row) => {
    const [upper = [], lower = []] = [modules[2 * row], modules[2 * row + 1]];
    return `\x1b[30;107m${upper.map((isDark, at) => blockOf(isDark, lower[at] ?? false)).join('')}\x1b[0m`;
  });
}

function blockOf(upper: boolean, lower: boolean): string {
  if (upper && lower) return '\u2588';
  if (upper) return '\u2580';
  return lower ? '\u2584' : ' ';
}
