// SPDX-License-Identifier: Apache-2.0

/** The benchmark of a board at the end of a serial line, which runs pne-bench and prints its figures there. */
import { MONITOR_RATE, Monitor } from '../flash/monitor.ts';
import { restart, type Signals } from '../flash/web-port.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';

/** It may begin before it is restarted. */
const MAX_STARTS = 2;
const ADVICE = ': write pne-bench to the board (npm run flash -- --help)';

/** A `NodePort`, or what stands for it. */
export interface BoardPort {
  open(options: { readonly baudRate: number }): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: Signals): Promise<void>;
  listen(onBytes: (bytes: Uint8Array) => void): void;
  /** Rejects with what to do where it goes away. */
  readonly gone: Promise<never>;
}

export interface PortOptions {
  readonly board: string;
  readonly port: BoardPort;
  /** How long an instruction takes where what is there is an emulator, whose time is a count of them; else undefined. */
  readonly instructionNs: number | undefined;
  /** Of a board that says nothing: an operation takes seconds at most. */
  readonly silenceMs: number;
}

/** Restarts the board and reads every figure. Rejects with one line that says what to do where they do not come. */
export async function measureOnPort(
  options: PortOptions,
  ops: string,
  onProgress: OnProgress,
): Promise<BenchRow[]> {
  const { board, port, instructionNs } = options;
  const rows = new Rows({ board, engine: 'XS', provider: 'native' }, onProgress);
  await port.open({ baudRate: MONITOR_RATE });
  try {
    await figuresOf(rows, options);
  } finally {
    await port.close();
  }
  const wanted = rows.finish().filter(({ op }) => op.toLowerCase().includes(ops.toLowerCase()));
  return instructionNs === undefined ? wanted : wanted.map((row) => asInstructions(row, instructionNs));
}

function figuresOf(rows: Rows, { board, port, silenceMs }: PortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onSilence = () =>
      reject(new Error(`the ${board} gave no figure for ${silenceMs / 1000} s${ADVICE}${rows.lastWords()}`));
    const timer = setTimeout(onSilence, silenceMs);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const monitor = new Monitor((line) => {
      rows.read(line);
      if (rows.starts > MAX_STARTS) throw new Error(`the ${board} begins again and again${rows.lastWords()}`);
      if (rows.isComplete) return end(resolve);
      if (line.startsWith('{')) timer.refresh();
    });
    port.listen((bytes) => {
      try {
        monitor.receive(bytes);
      } catch (error) {
        end(() => reject(error));
      }
    });
    port.gone.catch((error) => end(() => reject(error)));
    restart(port).catch((error) => end(() => reject(error)));
  });
}

function asInstructions({ us, ...row }: BenchRow, instructionNs: number): BenchRow {
  return { ...row, unit: 'instructions', value: Math.round(((us ?? row.value) * 1000) / instructionNs) };
}
