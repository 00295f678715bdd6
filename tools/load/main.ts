// SPDX-License-Identifier: Apache-2.0

/** `npm run load`: exit status 0: all is well, 1: readings are lost, doubled or wrongly taken, 2: misuse. */
import { join } from 'node:path';
import { Random } from '../chaos/random.ts';
import { parseOrExit } from '../simulator/parse-or-exit.ts';
import { openScratch } from '../simulator/scratch.ts';
import { type LoadCommand, parseOptions, USAGE } from './options.ts';
import { type LoadResult, runLoad } from './run.ts';

/** As many as a gateway of 128 links has room for, with some to spare. */
const PNES_A_GATEWAY = 100;
const GATEWAYS_A_PROCESS = 5;
const PROGRESS_MS = 2000;

async function main({ json, help, seed, store, ...load }: LoadCommand): Promise<number> {
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const random = new Random(seed);
  const scratch = openScratch();
  const gateways = Math.ceil(load.pnes / PNES_A_GATEWAY);
  let told = 0;
  try {
    const result = await runLoad({
      ...load,
      store,
      folder: join(scratch.folder, 'load'),
      gateways,
      gatewayProcesses: Math.ceil(gateways / GATEWAYS_A_PROCESS),
      random: () => random.word() / 2 ** 32,
      onProgress(what): void {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        console.error(what);
      },
    });
    const { lost, doubled, invented, afterRevocation } = result;
    const ok = lost + doubled + invented + afterRevocation === 0;
    const kind = /^\w+/.exec(store)![0];
    console.log(json ? JSON.stringify({ ok, store: kind, ...result }, rounded, 2) : inWords(result));
    return ok ? 0 : 1;
  } finally {
    scratch.remove();
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(1000 * value) / 1000 : value;
}

function inWords(result: LoadResult): string {
  const { readingsPerSecond, ratio, serverMicroseconds, bareMicroseconds, p50Ms, p99Ms } = result;
  const { kills, acknowledged, lost, doubled, invented, afterRevocation, revoked, underWay } = result;
  return [
    `${result.pnes} PNEs behind ${result.gateways} gateways: ${Math.round(readingsPerSecond)} readings a second`,
    `a reading takes all roles in one process ${result.rolesMicroseconds.toFixed(1)} us of the processor, the bare work ` +
      `on it ${result.bareRolesMicroseconds.toFixed(1)}: ratio ${ratio.toFixed(2)}`,
    `a reading takes the server's program ${serverMicroseconds.toFixed(1)} us of the processor, the bare work on it ` +
      `${bareMicroseconds.toFixed(1)}: ratio ${result.serverRatio.toFixed(2)}`,
    `at half that pace a receipt comes after ${p50Ms.toFixed(1)} ms, 99 of 100 within ${p99Ms.toFixed(1)}`,
    `${result.bytesPerPne} bytes of the server's memory a PNE; ${Math.round(result.handshakeMicroseconds)} us to connect one`,
    `${kills.server} kills of the server, ${kills.gateways} of gateways, ${acknowledged} readings acknowledged: ` +
      `${lost} lost, ${doubled} doubled, ${invented} invented, ${underWay} under way; ` +
      `of ${revoked} revoked PNEs ${afterRevocation} had one taken`,
  ].join('\n');
}

process.exit(await main(parseOrExit(() => parseOptions(process.argv.slice(2)))));
