// SPDX-License-Identifier: Apache-2.0

/** What every plot has: title, unit, legend, and below it what the figures depend on. */
import { type Colour, drawing, element, label } from './svg.ts';

export interface Frame {
  readonly title: string;
  /** What the axis measures. */
  readonly unit: string;
  readonly caption: readonly string[];
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  /** A class of svg.ts's STYLE. */
  readonly colour: Colour;
}

export const WIDTH = 760;
/** Where the plot itself begins. */
export const TOP = 78;
const MARGIN = 16;
const CAPTION_LINE = 15;

/** `bottom` is where the plot ends. */
export function framed(frame: Frame, bottom: number, parts: readonly string[]): string {
  const height = bottom + 10 + CAPTION_LINE * frame.caption.length + 6;
  const head = [
    label(MARGIN, 26, 'title', frame.title),
    label(MARGIN, 44, 'small', frame.unit),
    ...legend(frame.series),
  ];
  const foot = frame.caption.map((text, i) => label(MARGIN, bottom + 16 + CAPTION_LINE * i, 'small', text));
  return drawing(WIDTH, height, frame.title, [...head, ...parts, ...foot]);
}

function legend(series: readonly Series[]): string[] {
  let x = MARGIN;
  return series.flatMap(({ name, colour }) => {
    const parts = [
      element('rect', { x, y: 55, width: 10, height: 10, rx: 2, class: colour }),
      label(x + 15, 64, 'name', name),
    ];
    x += 40 + 7 * name.length;
    return parts;
  });
}
