// SPDX-License-Identifier: Apache-2.0

/** `npm run kills`: exit status 0 where nothing was lost or doubled, 1 where something was, 2 on misuse. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../chaos/random.ts';
import { findPostgres, startPostgres } from '../postgres/server.ts';
import { parseOrExit } from '../simulator/parse-or-exit.ts';
import { openScratch } from '../simulator/scratch.ts';
import { bundlePrograms } from './program-process.ts';
import { type KillsResult, runKills } from './run.ts';
import { type GatewayKillsResult, runGatewayKills } from './run-gateways.ts';
import { isGood } from './verdict.ts';

const USAGE = `usage: npm run kills -- [options]
  --kills N   kills of the server, or of gateways, 1 to 1000000 (default 1000)
  --seconds S no further kill after that, 1 to 1000000 (default 3600)
  --pnes N    PNEs that send all the time, 1 to 64 (default 8)
  --seed N    of the moments, 0 to 4294967295 (default 1)
  --store S   postgres://USER:PASSWORD@HOST/DATABASE, empty, in place of a store of the server's own; postgres
              starts one for this run, of Debian's programs. Its connections are ended at random moments too
  --servers N on that database, between which PNEs move, 1 to 8 (default 2)
  --gateways N  1 to 8: kills so many of them in place of the server, also while they have readings in their queues
  --json      one JSON document on standard output, at the end
  --help      this text`;

const PROGRESS_MS = 5000;
/** Of `--store`: one that this starts. */
const OWN = 'postgres';

function parse() {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '3600' },
      pnes: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      store: { type: 'string' },
      servers: { type: 'string' },
      gateways: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { store, servers: wanted = store === undefined ? '1' : '2' } = values;
  const texts = { ...values, servers: wanted };
  const number = (
    name: 'kills' | 'seconds' | 'pnes' | 'seed' | 'servers' | 'gateways',
    least: number,
    most: number,
  ) => {
    const value = Number(texts[name]);
    if (/^\d{1,10}$/.test(texts[name]) && value >= least && value <= most) return value;
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not '${texts[name]}'`);
  };
  const kills = number('kills', 1, 1_000_000);
  const seconds = number('seconds', 1, 1_000_000);
  const servers = number('servers', 1, 8);
  const gateways = number('gateways', 0, 8);
  if (gateways > 0 && store !== undefined) throw new Error('--gateways go with no --store');
  if (servers > 1 && store === undefined) throw new Error('several --servers need a --store');
  // A URL may have a password in it.
  if (!/^postgres(ql:.+|:.+)?$/.test(store ?? OWN))
    throw new Error('--store takes postgres or a postgres: URL');
  if (store === OWN && findPostgres() === undefined)
    throw new Error('there is no PostgreSQL to start: apt-get install postgresql');
  const seed = number('seed', 0, 0xffffffff);
  return { ...values, kills, seconds, servers, gateways, seed, pnes: number('pnes', 1, 64) };
}

async function main(options: ReturnType<typeof parse>): Promise<number> {
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const { kills, pnes, seed, json } = options;
  const scratch = openScratch();
  let killed = 0;
  const progress = setInterval(() => console.error(`${killed} of ${kills} kills`), PROGRESS_MS);
  try {
    const { ok, words, result } = await run(options, join(scratch.folder, 'kills'), (count) => {
      killed = count;
    });
    console.log(json ? JSON.stringify({ ok, seed, pnes, ...result }, null, 2) : words);
    return ok ? 0 : 1;
  } finally {
    clearInterval(progress);
    scratch.remove();
  }
}

async function run(
  { kills, seconds, pnes, seed, servers, gateways, store }: ReturnType<typeof parse>,
  folder: string,
  onKill: (count: number) => void,
) {
  const seeded = new Random(seed);
  const random = () => seeded.word() / 2 ** 32;
  const options = { bundle: await bundlePrograms(), folder, pnes, kills, seconds, random, onKill };
  if (gateways > 0) {
    const result = await runGatewayKills({ ...options, gateways });
    return { ok: isGood(result) && result.keptLost === 0, words: inWordsOfGateways(result), result };
  }
  const database = store === OWN ? startPostgres(findPostgres()!).createDatabase() : store;
  const result = await runKills({ ...options, servers, ...(database !== undefined && { database }) });
  return { ok: isGood(result), words: inWords(result), result };
}

function inWords(result: KillsResult): string {
  const { banned, revocations, cuts } = result;
  return (
    `${verdictInWords(result)}; ` +
    `${revocations} times a PNE had no grant, and ${banned} of its readings were taken; ` +
    `${cuts} connections to the database were ended`
  );
}

function inWordsOfGateways(result: GatewayKillsResult): string {
  const { kept, keptLost } = result;
  return `${verdictInWords(result)}; ${kept} readings were in the queue of one that was killed, and ${keptLost} of them did not come`;
}

function verdictInWords(result: KillsResult | GatewayKillsResult): string {
  const { kills, acknowledged, lost, doubled, invented, unread, readTwice, startMs } = result;
  return (
    `${kills} kills, ${acknowledged} readings acknowledged: ${lost} lost, ${doubled} doubled, ${invented} invented; ` +
    `an external entity missed ${unread} and got ${readTwice} twice; ` +
    `a start takes ${startMs.median} ms (${startMs.longest} at most)`
  );
}

// What it has started ends with it.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exit(await main(parseOrExit(parse)));
