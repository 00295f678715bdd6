// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario ims` as a user types it: every interface by its layer, and no run without the evidence. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ended, Run } from '../../process.testing.ts';
import type { ScenarioFacts } from './scenario.ts';

const test = suite('simulator/scenario/ims');

const scenario = (...args: string[]): Promise<Ended> =>
  new Run(['--scenario', 'ims', '--once', ...args]).ended;

interface Report {
  readonly ok: boolean;
  readonly scenario: ScenarioFacts;
}

test('each interface is left to its layer, and the application server reads every reading', async () => {
  const { status, stdout, stderr } = await scenario('--json', '--pnes', '2');
  assert.is(status, 0, stderr);
  const { ok, scenario: facts } = JSON.parse(stdout) as Report;
  assert.ok(ok);
  assert.is(facts.name, 'ims');
  assert.equal(facts.applicationServer, { received: 16, lacks: 0 });
  assert.equal(
    facts.functions.map((row) => [row.name, row.authentication, row.authorization]),
    [
      ['CPNS-1', 'EDHOC method 3', 'grant of the PNE'],
      ['CPNS-2', 'EDHOC method 3', 'list of gateways'],
      ['CPNS-3', 'EDHOC method 3', 'grant of the PNE'],
      ['CPNS-5', 'EDHOC method 3', 'grant of the entity'],
    ],
  );
  const ipsec = facts.standIn ? 'IPsec (STAND-IN)' : 'IPsec';
  assert.equal(
    facts.functions.map((row) => [row.integrity, row.confidentiality]),
    [
      ['Bluetooth LE', 'Bluetooth LE'],
      [ipsec, ipsec],
      ['AEAD 64-bit tag', 'AES-CCM-16-64-128'],
      ['TLS 1.3', 'TLS 1.3'],
    ],
  );
  assert.is(/STAND-IN, which encrypts nothing and /.test(stderr), facts.standIn);
});

test('a person gets the same as a table at the end', async () => {
  const { status, stdout } = await scenario('--pnes', '1');
  assert.is(status, 0);
  const [, table = ''] = stdout.split('16 of them read by the application server\n');
  assert.match(table, /^ +authentication +authorization +integrity +confidentiality\n/);
  assert.match(
    table,
    /\nCPNS-1 {2}PNE - PN GW +EDHOC method 3 +grant of the PNE +Bluetooth LE +Bluetooth LE\n/,
  );
  assert.is(table.split('\n').length, 6);
});

const MISSING: Readonly<Record<string, RegExp>> = {
  'channel-binding': /CPNS-1 with pne-1 is not left to Bluetooth LE: .* names the channel; .*anew$/,
  association:
    /CPNS-2 has no link: attestationInsufficient \(73\): 0 IPsec associations .*; start strongSwan/,
  policy: /CPNS-2 has no link: attestationInsufficient \(73\): no policy of the kernel .*; start strongSwan/,
  exporter: /CPNS-5 with application-server is not left to TLS 1\.3: .* no exporter value; have no proxy/,
  certificate: /CPNS-5 was refused: channelMismatch \(74\): .* with another certificate; connect /,
};

for (const [name, line] of Object.entries(MISSING))
  test(`a run without ${name} ends, and says what is missing and what to do`, async () => {
    const { status, stdout, stderr } = await scenario('--pnes', '1', '--without', name);
    assert.is(status, 5);
    const said = stderr.split('\n').filter((each) => each.startsWith('pne-runtime: '));
    assert.is(said.length, 1);
    assert.match(said[0]!, line);
    assert.not.match(stdout, /read by the application server/);
  });

test('a scenario goes with nothing that attests nothing or breaks it, and evidence is taken from no other run', async () => {
  const refused = async (...args: string[]) => {
    const { status, stderr } = await new Run(args).ended;
    assert.is(status, 2);
    return stderr;
  };
  assert.match(
    await refused('--scenario', 'ims', '--link', 'stream'),
    /reach their gateway by --link ble alone/,
  );
  assert.match(await refused('--scenario', 'ims', '--attack', 'all'), /does not go with --attack/);
  assert.match(await refused('--without', 'policy'), /--without takes evidence from a --scenario/);
  assert.match(
    await refused('--scenario', 'ims', '--without', 'all'),
    /--without takes one of channel-binding/,
  );
});

test.run();
