// SPDX-License-Identifier: Apache-2.0

/** Which plots there are of a board's results. */
import { C_PROVIDER, type Grid, gridOf, NO_PROVIDER, type Operation } from '../places.ts';
import type { Results } from '../results.ts';
import type { BenchRow, Place } from '../rows.ts';
import { TARGETS, type Target, valuesOf } from '../targets.ts';
import { type BarGroup, drawBars } from './bars.ts';
import { captionOf } from './caption.ts';
import type { Series } from './frame.ts';
import { drawPanels } from './lines.ts';

export interface Plot {
  /** Of its file. */
  readonly name: string;
  readonly svg: string;
}

const UNITS = Object.freeze({
  us: 'microseconds per operation',
  instructions: 'retired instructions per operation',
  cycles: 'cycles per operation',
});

const BARS: readonly { readonly name: string; readonly title: string; readonly ops: RegExp }[] = [
  { name: 'records', title: 'A record, AES-CCM-16-64-128', ops: /^record\./ },
  {
    name: 'reading',
    title: 'A reading up to values of ATT, one of 16 together, and a receipt and a content down',
    ops: /^(reading|batch|receipt|content)(\.|$)/,
  },
  { name: 'symmetric', title: 'MAC, hash and key derivation', ops: /^(compute|hash|derive) / },
  { name: 'curves', title: 'Curves', ops: /^(agree|sign|verify|key) / },
  {
    name: 'handshake',
    title: 'A side of a handshake: method 3 (110 B), method 0 (225 B)',
    ops: /^handshake\./,
  },
  { name: 'codec', title: 'CBOR and the store', ops: /^(cbor|payload|store)\./ },
];

/** Those for which there are figures. */
export function plotsOf(results: Results): Plot[] {
  const plots = [
    ...BARS.map(({ name, title, ops }) => ({ name, svg: plotBars(results, title, ops) })),
    { name: 'aead', svg: plotAeads(results) },
    { name: 'targets', svg: plotTargets(results) },
  ];
  return plots.flatMap(({ name, svg }) =>
    svg === undefined ? [] : [{ name: `${results.board}-${name}`, svg }],
  );
}

function plotBars(results: Results, title: string, ops: RegExp): string | undefined {
  const grid = gridFor(results, ops);
  if (grid === undefined) return undefined;
  return drawBars({
    ...frameOf(results, title, grid),
    scale: 'log',
    groups: grid.operations.map((operation) => ({
      name: nameOf(operation),
      values: grid.places.map((place) => grid.value(place, operation)),
    })),
  });
}

/** Sealing by length, an algorithm a panel. */
function plotAeads(results: Results): string | undefined {
  const grid = gridFor(results, /^seal /);
  if (grid === undefined) return undefined;
  const names = [...new Set(grid.operations.map(({ op }) => op))];
  return drawPanels({
    ...frameOf(results, 'Sealing a message', grid),
    across: 'bytes of plaintext',
    panels: names.map((op) => ({
      name: op.replace(/^seal /, ''),
      lines: grid.places.map((place) => pointsOf(grid, place, op)),
    })),
  });
}

function pointsOf(grid: Grid, place: Place, op: string) {
  return grid.operations
    .filter((operation) => operation.op === op)
    .map((operation) => ({ x: operation.bytes, y: grid.value(place, operation) }))
    .filter((point): point is { x: number; y: number } => point.y !== undefined);
}

/** What JavaScript costs beside C, where a target was set for it. */
function plotTargets(results: Results): string | undefined {
  const groups = TARGETS.map((target) => ratioGroup(results.rows, target)).filter(
    (group) => group !== undefined,
  );
  if (results.board !== 'qemu-rv32' || groups.length === 0) return undefined;
  return drawBars({
    title: 'JavaScript with native cryptography against plain C',
    unit: 'ratio of retired instructions to C: of a record; of a handshake, to its curve operations. The red mark is the target',
    caption: captionOf(results),
    series: [{ name: 'native on XS / C', colour: 'blue' }],
    scale: 'linear',
    groups,
  });
}

function ratioGroup(rows: readonly BenchRow[], target: Target): BarGroup | undefined {
  const [value, inC] = valuesOf(rows, target);
  if (Number.isNaN(value / inC)) return undefined;
  return { name: nameOf(target), values: [value / inC], target: target.ratio };
}

function gridFor({ rows }: Results, ops: RegExp): Grid | undefined {
  const wanted = rows.filter(({ op }) => ops.test(op));
  return wanted.length === 0 ? undefined : gridOf(wanted);
}

function frameOf(results: Results, title: string, { places, unit }: Grid) {
  return {
    title: `${title}, on ${results.board}`,
    unit: `${UNITS[unit]}, logarithmic. Less is better`,
    caption: captionOf(results),
    series: places.map(seriesOf),
  };
}

/** A provider in an engine has the same colour in every plot. */
function seriesOf({ provider, engine }: Place): Series {
  const isNode = engine.startsWith('Node');
  if (provider === C_PROVIDER) return { name: 'C', colour: 'grey' };
  const name = provider === NO_PROVIDER ? engine : `${provider}, ${engine}`;
  if (provider === 'noble') return { name, colour: isNode ? 'violet' : 'orange' };
  return { name, colour: isNode ? 'green' : 'blue' };
}

function nameOf({ op, bytes }: Operation): string {
  return bytes === 0 ? op : `${op}, ${bytes} B`;
}
