// SPDX-License-Identifier: Apache-2.0

import { type Frame, framed, type Series, TOP, WIDTH } from './frame.ts';
import { linearScale, logScale, shortNumber } from './scale.ts';
import { element, label, line, rounded } from './svg.ts';

export interface Bars extends Frame {
  readonly scale: 'log' | 'linear';
  readonly groups: readonly BarGroup[];
}

export interface BarGroup {
  readonly name: string;
  /** One value a series; undefined where it was not measured. */
  readonly values: readonly (number | undefined)[];
  /** Where a mark stands that a value should not pass. */
  readonly target?: number;
}

const LEFT = 230;
const RIGHT = WIDTH - 70;
const BAR = 13;
const STEP = 16;
const GAP = 12;

/** Bars that lie, in groups, each with its value beside it. */
export function drawBars(bars: Bars): string {
  const values = bars.groups.flatMap((group) => [...present(group.values), ...present([group.target])]);
  const scale = (bars.scale === 'log' ? logScale : linearScale)(values, LEFT, RIGHT);
  const parts: string[] = [];
  let y = TOP + 4;
  for (const group of bars.groups) {
    parts.push(...drawGroup(group, bars.series, y, scale.at));
    y += STEP * present(group.values).length + GAP;
  }
  const axis = scale.ticks.flatMap((tick) => [
    line(scale.at(tick), TOP, scale.at(tick), y, 'grid'),
    label(scale.at(tick), y + 14, 'small middle', shortNumber(tick)),
  ]);
  return framed(bars, y + 20, [...axis, ...parts, line(LEFT, TOP, LEFT, y, 'axis')]);
}

function drawGroup(
  { name, values, target }: BarGroup,
  series: readonly Series[],
  top: number,
  at: (value: number) => number,
): string[] {
  const shown = values.flatMap((value, i) =>
    value === undefined ? [] : [{ value, colour: series[i]!.colour }],
  );
  const middle = top + (STEP * shown.length) / 2;
  const bars = shown.flatMap(({ value, colour }, i) => {
    const y = top + STEP * i;
    const width = rounded(Math.max(1, at(value) - LEFT));
    return [
      element('rect', { x: LEFT, y, width, height: BAR, rx: 2, class: colour }),
      label(besideMark(at(value), target && at(target)) + 5, y + 11, 'small', shortNumber(value)),
    ];
  });
  const mark =
    target === undefined ? [] : [line(at(target), top - 3, at(target), top + STEP * shown.length, 'target')];
  return [label(LEFT - 10, middle + 3, 'end', name), ...bars, ...mark];
}

/** Where text may begin that would run into the mark. */
function besideMark(x: number, mark: number | undefined): number {
  return mark !== undefined && mark > x - 4 && mark < x + 36 ? mark : x;
}

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}
