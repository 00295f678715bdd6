// SPDX-License-Identifier: Apache-2.0

import { type Frame, framed, TOP, WIDTH } from './frame.ts';
import { doublingScale, logScale, type Scale, shortNumber } from './scale.ts';
import { type Colour, element, label, line, rounded } from './svg.ts';

export interface Panels extends Frame {
  /** What the horizontal axis measures. */
  readonly across: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly name: string;
  /** Points of each series. */
  readonly lines: readonly (readonly Point[])[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const COLUMNS = 2;
const PANEL_WIDTH = 360;
const PANEL_HEIGHT = 216;
const INSET = { left: 54, right: 34, top: 24, bottom: 46 };

/** Small plots beside each other on the same scales: values by length, both logarithmic. */
export function drawPanels(panels: Panels): string {
  const points = panels.panels.flatMap(({ lines }) => lines.flat());
  const parts = panels.panels.map((panel, i) => {
    const left = (WIDTH - COLUMNS * PANEL_WIDTH) / 2 + (i % COLUMNS) * PANEL_WIDTH;
    const top = TOP + Math.floor(i / COLUMNS) * PANEL_HEIGHT;
    const x = doublingScale(
      points.map((point) => point.x),
      left + INSET.left,
      left + PANEL_WIDTH - INSET.right,
    );
    const y = logScale(
      points.map((point) => point.y),
      top + PANEL_HEIGHT - INSET.bottom,
      top + INSET.top,
    );
    return drawPanel(panel, panels, x, y);
  });
  const bottom = TOP + Math.ceil(panels.panels.length / COLUMNS) * PANEL_HEIGHT;
  return framed(panels, bottom, parts);
}

function drawPanel({ name, lines }: Panel, { across, series }: Panels, x: Scale, y: Scale): string {
  const left = x.at(x.ticks[0]!);
  const right = x.at(x.ticks.at(-1)!);
  const bottom = y.at(y.ticks[0]!);
  const top = y.at(y.ticks.at(-1)!);
  const parts = [
    label(left, top - 10, 'name', name),
    ...y.ticks.map((tick) => line(left, y.at(tick), right, y.at(tick), 'grid')),
    ...y.ticks.map((tick) => label(left - 6, y.at(tick) + 4, 'small end', shortNumber(tick))),
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 15, 'small middle', String(tick))),
    label((left + right) / 2, bottom + 30, 'small middle', across),
    line(left, bottom, right, bottom, 'axis'),
    ...lines.flatMap((points, i) => drawLine(points, series[i]!.colour, x, y)),
  ];
  return parts.join('');
}

function drawLine(points: readonly Point[], colour: Colour, x: Scale, y: Scale): string[] {
  if (points.length === 0) return [];
  const at = points.map((point) => `${rounded(x.at(point.x))} ${rounded(y.at(point.y))}`);
  const dots = points.map((point) =>
    element('circle', { cx: rounded(x.at(point.x)), cy: rounded(y.at(point.y)), r: 3, class: colour }),
  );
  return [element('path', { d: `M${at.join('L')}`, class: colour }), ...dots];
}
