// SPDX-License-Identifier: Apache-2.0

/** SVG as text: the same bytes from the same figures. */

export type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return children.length === 0
    ? `<${name}${list.join('')}/>`
    : `<${name}${list.join('')}>${children.join('')}</${name}>`;
}

/** A line of text. `className` is one of STYLE. */
export function label(
  x: number,
  y: number,
  className: string,
  content: string,
  more: Attributes = {},
): string {
  return element('text', { x: rounded(x), y: rounded(y), class: className, ...more }, escaped(content));
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map(rounded) as [number, number, number, number];
  return element('line', { x1: a, y1: b, x2: c, y2: d, class: className });
}

/** Tenths of a pixel. */
export function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** A whole drawing. It brings its own ground, so that it can be read on any page; and follows the reader's colours. */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  const ground = element('rect', {
    x: 0.5,
    y: 0.5,
    width: width - 1,
    height: height - 1,
    rx: 6,
    class: 'ground',
  });
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
  };
  const body = [element('title', {}, escaped(title)), `<style>${STYLE}</style>`, ground, ...parts];
  return `${element('svg', { ...attributes, role: 'img' }, `\n${body.join('\n')}\n`)}\n`;
}

/** On a light ground and on a dark one. */
const COLOURS = Object.freeze({
  grey: ['#57606a', '#8b949e'],
  blue: ['#0969da', '#58a6ff'],
  orange: ['#bc4c00', '#f0883e'],
  green: ['#1a7f37', '#3fb950'],
  violet: ['#8250df', '#bc8cff'],
} as const);

export type Colour = keyof typeof COLOURS;

const STYLE = `
text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#1f2328}
.title{font-size:15px;font-weight:600}.small{font-size:11px;fill:#59636e}.end{text-anchor:end}.middle{text-anchor:middle}
.ground{fill:#ffffff;stroke:#d1d9e0}.grid{stroke:#e4e8ec}.axis{stroke:#848d97}.target{stroke:#cf222e;stroke-width:2}
path{fill:none;stroke-width:2}${colours(0)}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.ground{fill:#0d1117;stroke:#3d444d}.grid{stroke:#262c36}.axis{stroke:#656c76}.target{stroke:#ff7b72}${colours(1)}}
`;

function colours(ground: 0 | 1): string {
  return Object.entries(COLOURS)
    .map(([name, both]) => `.${name}{fill:${both[ground]}}path.${name}{fill:none;stroke:${both[ground]}}`)
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
