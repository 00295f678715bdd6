// SPDX-License-Identifier: Apache-2.0

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../scratch.testing.ts';
import { checkOneOf, checkWholeNumber, pageOption, parseAddress, readConfig, UsageError } from './config.ts';

const test = suite('config');
const SPECS = {
  listen: { fallback: '127.0.0.1:1', check: parseAddress },
  'max-readings': { fallback: '7', check: checkWholeNumber },
  log: { fallback: 'text', check: checkOneOf('text', 'json') },
  output: { fallback: '' },
};

function fileWith(text: string): string {
  const path = join(scratchFolder(), 'config.json');
  writeFileSync(path, text);
  return path;
}

test('the command line comes before variables, they before the file, and it before defaults', () => {
  const config = fileWith('{ "listen": "0.0.0.0:3", "max-readings": "3", "log": "json" }');
  const environment = {
    PNE_RUNTIME_CONFIG: config,
    PNE_RUNTIME_MAX_READINGS: '2',
    PNE_RUNTIME_LISTEN: '[::1]:2',
  };
  const { values, positionals } = readConfig(SPECS, ['a', '--listen', 'here:1'], environment);
  assert.equal(values, { listen: 'here:1', 'max-readings': '2', log: 'json', output: '' });
  assert.equal(positionals, ['a']);
  const named = readConfig(SPECS, ['--config', fileWith('{}')], environment);
  assert.is(named.values.log, 'text');
});

test('an option that may stand alone has a value of its own then', () => {
  const specs = { ...SPECS, page: pageOption('8752') };
  const pageOf = (...args: string[]) => readConfig(specs, args, {}).values.page;
  assert.equal([pageOf(), pageOf('--page'), pageOf('--page', '--log', 'json')], ['', '8752', '8752']);
  assert.equal([pageOf('--page', '80'), pageOf('--page=81')], ['80', '81']);
  for (const wrong of ['0', '65536', 'x', '1.5'])
    assert.throws(() => pageOf('--page', wrong), /takes a port/);
});

const misuses: [string, readonly string[], RegExp][] = [
  ['an option that there is not', ['--lisen', 'x'], /lisen/],
  ['an option without its value', ['--listen'], /listen/],
  ['no address', ['--listen', '8750'], /--listen takes HOST:PORT, not '8750'/],
  ['a port that there is not', ['--listen', 'a:65536'], /takes HOST:PORT/],
  ['no number', ['--max-readings', '0'], /--max-readings takes a whole number above 0, not '0'/],
  ['another word', ['--log', 'xml'], /takes one of text, json, not 'xml'/],
  ['no such file', ['--config', '/no/such/file'], /cannot be used: ENOENT/],
  ['no JSON', ['--config', fileWith('{')], /cannot be used/],
  ['an array', ['--config', fileWith('[]')], /no JSON object/],
  [
    'a file with an option that there is not',
    ['--config', fileWith('{"lisen":"a:1"}')],
    /no option is called lisen/,
  ],
  ['a file with a number', ['--config', fileWith('{"max-readings":7}')], /max-readings takes a text/],
  ['a file with a poor value', ['--config', fileWith('{"log":"xml"}')], /takes one of text, json/],
];

for (const [name, args, message] of misuses) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => readConfig(SPECS, args, {}),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  });
}

test('addresses', () => {
  assert.equal(parseAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  assert.equal(parseAddress('[::]:65535'), { host: '::', port: 65_535 });
  assert.equal(parseAddress('gateway.local:80'), { host: 'gateway.local', port: 80 });
});

test.run();
