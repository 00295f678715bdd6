// SPDX-License-Identifier: Apache-2.0

/** What goes onto a device or its box: its id and, where it joins by one, its code as text and as QR. */
import { qrModules } from '../../src/node/onboarding-qr.ts';

/** Millimetres. */
const WIDTH = 50;
const HEIGHT = 20;
/** The code's light border is in its modules. */
const QR = { at: 1, size: 18 } as const;
const TEXT_AT = 21;
const LINE_DIGITS = 15;

export function textLabel(pneId: string, code?: string): string {
  return code === undefined ? `${pneId}\n` : `${pneId}\n${code}\n`;
}

/** Ids and codes are of characters that mean nothing in XML. */
export function svgLabel(pneId: string, code?: string): string {
  const body = code === undefined ? '' : `${qrPath(code)}${codeLines(code)}`;
  const at = code === undefined ? QR.at + 1 : TEXT_AT;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}mm" height="${HEIGHT}mm" ` +
    `viewBox="0 0 ${WIDTH} ${HEIGHT}"><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>` +
    `<text x="${at}" y="6" font-family="sans-serif" font-weight="bold" font-size="4.5">${pneId}</text>${body}</svg>\n`
  );
}

function qrPath(code: string): string {
  const rows = qrModules(code);
  const scale = QR.size / rows.length;
  const squares = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  const place = `translate(${QR.at} ${QR.at}) scale(${scale.toFixed(5)})`;
  return `<path transform="${place}" shape-rendering="crispEdges" d="${squares.join('')}"/>`;
}

/** The id and its dot, and then the digits in two lines, for who has to type them. */
function codeLines(code: string): string {
  const [id = '', digits = ''] = code.split('.');
  const lines = [`${id}.`, digits.slice(0, LINE_DIGITS), digits.slice(LINE_DIGITS)];
  return lines
    .map(
      (line, at) =>
        `<text x="${TEXT_AT}" y="${10 + 3 * at}" font-family="monospace" font-size="2.6">${line}</text>`,
    )
    .join('');
}
