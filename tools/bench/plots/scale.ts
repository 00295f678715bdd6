// SPDX-License-Identifier: Apache-2.0

/** From values to pixels. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** Whole decades around the values, from `start` to `end` in pixels. */
export function logScale(values: readonly number[], start: number, end: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value) => start + ((Math.log10(value) - low) / (high - low)) * (end - start),
    ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
  };
}

/** From 0 to above the largest value, in steps of 1, 2 or 5 times a power of ten. */
export function linearScale(values: readonly number[], start: number, end: number): Scale {
  const largest = Math.max(...values);
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [0.1, 0.2, 0.5, 1].map((part) => part * power).find((size) => largest / size <= 8) ?? power;
  const count = Math.ceil((largest * 1.02) / step);
  return {
    at: (value) => start + (value / (count * step)) * (end - start),
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6))),
  };
}

/** Each doubling as far from the next: for lengths of messages. */
export function doublingScale(values: readonly number[], start: number, end: number): Scale {
  const low = Math.log2(Math.min(...values));
  const high = Math.max(low + 1, Math.log2(Math.max(...values)));
  return {
    at: (value) => start + ((Math.log2(value) - low) / (high - low)) * (end - start),
    ticks: [...new Set(values)].sort((a, b) => a - b),
  };
}

/** As 5, 2.4 k, 31 M: three digits at most. */
export function shortNumber(value: number): string {
  const [size, suffix] = (
    [
      [1e9, ' G'],
      [1e6, ' M'],
      [1e3, ' k'],
    ] as const
  ).find(([unit]) => value >= unit) ?? [1, ''];
  const scaled = value / size;
  return `${Number(scaled.toPrecision(scaled >= 100 ? 3 : scaled >= 1 ? 3 : 2))}${suffix}`;
}
