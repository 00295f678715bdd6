// SPDX-License-Identifier: Apache-2.0

/** The running slice as a user starts it: PNEs on XS, gateway and server on Node. */
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_PNES } from './options.ts';
import { COMMAND, type Ended, Run } from './process.testing.ts';

interface Report {
  readonly ok: boolean;
  readonly engine: { readonly name: string; readonly version: string };
  readonly pnes: readonly {
    id: string;
    board: string;
    sent: number;
    received: number;
    refused: number;
    heapBytes: number;
    heapPeakBytes: number;
  }[];
  readonly record: { readonly mode: string; readonly algorithm: string; readonly overheadBytes: number };
  readonly interfaces: readonly {
    readonly name: string;
    readonly pne?: string;
    readonly gateway?: string;
    readonly confidentiality: string;
    readonly handshakeBytes: number;
  }[];
  readonly skipped: readonly { readonly line: number; readonly error: string }[];
  readonly missing: readonly unknown[];
  readonly groups: readonly unknown[];
}

const test = suite('npm start');

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  return new Run(args, { env });
}

function ended(run: Run, input = ''): Promise<Ended> {
  run.child.stdin?.end(input);
  return run.ended;
}

async function report(args: readonly string[], input = ''): Promise<Ended & { readonly report: Report }> {
  const end = await ended(start(['--once', '--json', ...args]), input);
  return { ...end, report: JSON.parse(end.stdout) as Report };
}

function received({ pnes }: Report): number {
  return pnes.reduce((sum, pne) => sum + pne.received, 0);
}

test('the sample arrives whole from three PNEs, and stdout holds the document alone', async () => {
  const { status, report: document } = await report([]);
  assert.is(status, 0);
  assert.is(document.ok, true);
  assert.is(document.engine.name, 'XS');
  assert.is(document.pnes.length, 3);
  assert.is(received(document), 16);
  for (const pne of document.pnes) {
    assert.is(pne.board, 'linux');
    assert.is(pne.sent, pne.received);
    assert.is(pne.refused, 0);
    assert.ok(pne.heapBytes > 0 && pne.heapPeakBytes >= pne.heapBytes);
  }
  assert.equal(document.record, { mode: 'encrypt', algorithm: 'AES-CCM-16-64-128', overheadBytes: 10 });
});

test('a PNE makes a group that all others find and join, until one leaves, which makes a new key for the others', async () => {
  const { status, stderr, report: document } = await report([]);
  assert.is(status, 0);
  assert.equal(document.groups, [
    { id: 2, name: 'everyone', epoch: 4, members: ['pne-1', 'pne-2'], rekeys: 3 },
  ]);
  assert.match(
    stderr,
    /made by pne-1, found and joined by 2 more; epoch 3, 3 members have its key\n.*read by 2 more\n/s,
  );
  assert.match(stderr, /pne-3 left; epoch 4, 2 members have its key\n.*read by 1 more\n/s);
});

test('the interface of the gateway and both of each PNE come from a handshake and a negotiation', async () => {
  const { report: document } = await report(['--pnes', '2']);
  const [ofGateway, first, ...others] = document.interfaces;
  assert.equal(
    document.interfaces.map(({ pne, gateway, name }) => `${pne ?? gateway} ${name}`),
    ['gateway CPNS-2', 'pne-1 CPNS-1', 'pne-1 CPNS-3', 'pne-2 CPNS-1', 'pne-2 CPNS-3'],
  );
  assert.equal(ofGateway, {
    name: 'CPNS-2',
    gateway: 'gateway',
    method: 3,
    suite: 2,
    authentication: 'EDHOC method 3',
    integrity: 'AEAD 128-bit tag',
    confidentiality: 'AES-CCM-16-128-128',
    handshakeBytes: 151,
    handshakeMessages: 4,
  });
  assert.equal(first, {
    name: 'CPNS-1',
    pne: 'pne-1',
    method: 3,
    suite: 2,
    authentication: 'EDHOC method 3',
    integrity: 'delegated:ble',
    confidentiality: 'delegated:ble',
    handshakeBytes: 222,
    handshakeMessages: 4,
  });
  // A server's connection identifier has two bytes, which take three in message_2.
  assert.equal(
    others.map(({ confidentiality, handshakeBytes }) => [confidentiality, handshakeBytes]),
    [
      ['AES-CCM-16-64-128', 159],
      // It joined by a code, with a reference of three bytes in message_3.
      ['delegated:ble', 225],
      ['AES-CCM-16-64-128', 162],
    ],
  );
});

for (const algorithm of ['AES-CCM-16-128-128', 'A128GCM', 'ChaCha20/Poly1305']) {
  test(`readings arrive protected with ${algorithm} where the server takes no other`, async () => {
    const { status, report: document } = await report(['--pnes', '1', '--algorithm', algorithm]);
    assert.is(status, 0);
    assert.equal(document.record, { mode: 'encrypt', algorithm, overheadBytes: 18 });
    assert.is(received(document), 16);
  });
}

test('readings arrive over the plain link too', async () => {
  const { status, report: document } = await report(['--pnes', '1', '--link', 'stream']);
  assert.is(status, 0);
  const ofPnes = document.interfaces.filter(({ pne }) => pne !== undefined);
  assert.is(ofPnes.length, 2);
  for (const { confidentiality } of ofPnes) assert.is(confidentiality, 'AES-CCM-16-64-128');
  assert.is(received(document), 16);
});

test('the heap of a PNE does not grow with the readings it sends', async () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => `{"n":${index}}\n`).join('');
  const few = await report(['--pnes', '1', '--input', '-'], rows(200));
  const many = await report(['--pnes', '1', '--input', '-'], rows(3000));
  assert.is(received(many.report), 3000);
  // Timers and sockets of the moment make up to a kilobyte; a byte kept of each record would make three.
  assert.ok(many.report.pnes[0]!.heapBytes <= few.report.pnes[0]!.heapBytes + 2048);
});

test('bad rows are named with their lines, the rest arrives, and the status says so', async () => {
  const {
    status,
    report: document,
    stderr,
  } = await report(['--input', '-'], 'a,b\n1,2\nbroken\n3,4\n"x\n5,6\n');
  assert.is(status, 3);
  assert.is(document.ok, false);
  assert.is(received(document), 3);
  assert.equal(
    document.skipped.map(({ line }) => line),
    [3, 5],
  );
  assert.equal(document.missing, []);
  assert.match(stderr, /line 3 skipped/);
});

test('a file with a header alone is no error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pne-test-'));
  const path = join(folder, 'empty.csv');
  await writeFile(path, 'a,b\n');
  const { status, report: document } = await report(['--input', path]);
  await rm(folder, { recursive: true });
  assert.is(status, 0);
  assert.is(received(document), 0);
});

for (const [args, message] of [
  [['--pnes', '0'], /--pnes takes a whole number/],
  [['--pnes', '1.5'], /--pnes takes a whole number/],
  [['--pnes', '1e1'], /--pnes takes a whole number from 1 to 64, not '1e1'/],
  [['--pnes', '-1'], /--pnes takes a whole number from 1 to 64, not '-1'/],
  [['--pnes'], /--pnes takes a value/],
  [['--interval', ' '], /--interval takes a whole number/],
  [['--delimiter', 'ab'], /--delimiter takes one character/],
  [['--input', 'tools'], /cannot read tools: it is a folder; name a file/],
  [['--input', 'README.md', '--output', './README.md'], /would write over the input/],
  [['--output', '-', '--json'], /both take standard output/],
  [['--input', '/nonexistent/readings.csv'], /cannot read \/nonexistent\/readings.csv/],
  [['--algorithm', 'ROT13'], /--algorithm takes one of/],
  [['--algorithm', 'HMAC 256/64'], /--algorithm takes one of/],
  [['--attack', 'flip,smoke'], /--attack takes all, or names of eavesdrop, flip, .*; not 'smoke'/],
  [['--attack', 'flip', '--input', 'README.md'], /--attack does not go with --input/],
  [['--link', 'smoke'], /--link takes one of ble, stream/],
  [['--nonsense'], /--help lists the options/],
] as const) {
  test(`${args.join(' ')} is refused in one line, with status 2`, async () => {
    const { status, stdout, stderr } = await ended(start(args));
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.is(stderr.trim().split('\n').length, 1);
  });
}

test('an empty input is refused with status 2 and leaves nothing running or lying about', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pne-test-'));
  const { status, stderr } = await ended(start(['--once', '--input', '-'], { TMPDIR: folder }));
  assert.is(status, 2);
  assert.match(stderr, /the input is empty/);
  assert.equal(await readdir(folder).then((names) => names.filter((name) => name.startsWith('pne-'))), []);
  await rm(folder, { recursive: true });
});

test('a directory on standard input is refused in one line', async () => {
  const line = `${[process.execPath, ...COMMAND].join(' ')} --once --link stream --input - < tools`;
  const { status, stderr } = await new Run(['-c', line], {}, 'sh').ended;
  assert.is(status, 2);
  assert.match(stderr, /cannot read standard input: it is a folder/);
});

test('options that npm took for itself are done where they can be told, and said', async () => {
  const npm = {
    npm_lifecycle_event: 'start',
    npm_config_once: 'true',
    npm_config_pnes: '1',
    npm_config_json: 'true',
  };
  const { status, stdout, stderr } = await ended(start(['--link', 'stream'], npm));
  assert.is(status, 0);
  assert.is((JSON.parse(stdout) as Report).pnes.length, 1);
  assert.match(
    stderr,
    /npm took --pnes=1 --once --json for itself; write npm start -- --pnes=1 --once --json/,
  );
});

test('an option that npm parted from its value is refused with what to write', async () => {
  const { status, stderr } = await ended(
    start(['5'], { npm_lifecycle_event: 'start', npm_config_pnes: 'true' }),
  );
  assert.is(status, 2);
  assert.match(stderr, /npm took --pnes for itself: write npm start -- --pnes/);
});

for (const option of ['-h', '--help']) {
  test(`${option} helps at once, without a setup`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pne-test-'));
    await cp('tools/setup', join(folder, 'tools/setup'), { recursive: true });
    for (const name of ['start.mjs', 'usage.txt'])
      await cp(join('tools/simulator', name), join(folder, 'tools/simulator', name));
    const { status, stdout } = await new Run(
      [join(folder, 'tools/simulator/start.mjs'), option],
      {},
      process.execPath,
    ).ended;
    assert.is(status, 0);
    assert.match(stdout, /^usage: npm start/);
    for (const known of ['--input', '--delimiter', '--output', '--pnes', '--board', '--link', '--once'])
      assert.match(stdout, known);
    assert.match(stdout, `1 to ${MAX_PNES} `);
    assert.equal(await readdir(folder), ['tools']);
    await rm(folder, { recursive: true });
  });
}

test.run();
