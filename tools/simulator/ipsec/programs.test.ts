// SPDX-License-Identifier: Apache-2.0

/**
 * `pne-runtime server` and `gateway` with `--ipsec`, as people start them, at a stand-in for strongSwan and with a program
 * `ip` in front of the real one: CPNS-2 is left to IPsec for as long as it is attested, and no longer.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../src/node/listener.testing.ts';
import { once, Running } from '../../../src/node/programs/running.testing.ts';
import { scratchFolder } from '../../../src/node/scratch.testing.ts';
import { StandIn } from './stand-in.ts';

const test = suite('simulator/ipsec/programs');

const GATEWAY = '127.0.0.1';
const SERVER = '127.0.0.2';

class Place {
  readonly folder = scratchFolder();
  readonly ipsec: StandIn;

  constructor() {
    const viciPath = (name: string) => join(this.folder, `${name}.vici`);
    this.ipsec = new StandIn(
      { address: GATEWAY, id: 'gateway.example', viciPath: viciPath('gateway') },
      { address: SERVER, id: 'server.example', viciPath: viciPath('server') },
    );
    for (const name of ['gateway', 'server']) {
      mkdirSync(join(this.folder, name, 'bin'), { recursive: true });
      const script = `#!/bin/sh\n[ "$*" = "-s xfrm policy" ] && cat '${this.path(name, 'policies')}'\n`;
      writeFileSync(join(this.folder, name, 'bin/ip'), script, { mode: 0o755 });
    }
    this.writePolicies();
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  writePolicies(): void {
    for (const [index, name] of (['gateway', 'server'] as const).entries())
      writeFileSync(this.path(name, 'policies'), this.ipsec.policiesOf(index as 0 | 1));
  }

  /** At an end that asks for nobody's evidence where it is told so. */
  program(name: 'gateway' | 'server', options: readonly string[]): Running {
    const all = [name, '--state', this.path(name, 'state'), ...options];
    return new Running([...all, '--ipsec', this.path(`${name}.vici`)], this.path(name, 'bin'));
  }
}

interface Programs {
  readonly place: Place;
  readonly server: Running;
  readonly gateway: Running;
}

async function started(): Promise<Programs> {
  const place = new Place();
  await place.ipsec.start();
  const server = place.program('server', ['--listen', `${SERVER}:0`]);
  const url = `ws://${SERVER}:${await server.port()}`;
  const credential = place.path('server/state/credential');
  const options = ['--listen', `${GATEWAY}:0`, '--server', url, '--server-credential', credential];
  const gateway = place.program('gateway', options);
  const own = place.path('gateway/state/credential');
  await until(() => existsSync(own), 'the credential of the gateway');
  assert.is(once('admin', 'add-gateway', own, '--state', place.path('server/state')).status, 0);
  return { place, server, gateway };
}

/** Each end has asked again: of a link that ended, because it is dialled again, else because that is done from time to time. */
async function asked({ place }: Programs, times: number): Promise<void> {
  const before = place.ipsec.daemons.map(({ asked }) => asked);
  const more = () => place.ipsec.daemons.every(({ asked }, index) => asked >= before[index]! + times);
  await until(more, 'asked again');
}

const linked = ({ gateway }: Programs, times: number) =>
  until(() => gateway.count(' server-there ') >= times, `a link, the ${times}. time, of ${gateway.said}`);

/** The end that notices it first says why, and closes the connection at both. */
async function lost({ gateway, server }: Programs, times: number, why: RegExp): Promise<void> {
  await until(() => gateway.count(' server-away ') >= times, `no link, the ${times}. time`);
  const reasons = `${gateway.said}${server.said}`.split('\n').filter((line) => line.includes(' ipsec-lost '));
  assert.match(reasons.sort().at(-1)!, why);
}

test('CPNS-2 is left to IPsec while that is attested; its new keys change nothing, and its end is said', async () => {
  const programs = await started();
  const { place, server, gateway } = programs;
  const { ipsec } = place;
  await gateway.says(/server-unreachable reason="attestationInsufficient \(73\): 0 IPsec associations /);
  await server.says(/gateway-refused reason=attestationInsufficient/);
  ipsec.establish();
  await linked(programs, 1);
  for (const end of [gateway, server]) await end.says(/agreed .*protection=delegated:ipsec/);

  const isKnown = asked(programs, 1);
  ipsec.rekeyChild();
  await isKnown;
  ipsec.rekeyIke();
  await asked(programs, 2);
  assert.is(gateway.count(' server-away ') + gateway.count(' ipsec-lost ') + server.count(' ipsec-lost '), 0);

  ipsec.removeIke();
  await lost(programs, 1, /reason="attestationInsufficient \(73\): 0 IPsec associations/);
  ipsec.establish();
  await linked(programs, 2);

  ipsec.hasPolicies = false;
  place.writePolicies();
  await lost(programs, 2, /reason="attestationInsufficient \(73\): no policy of the kernel forces /);
  ipsec.hasPolicies = true;
  place.writePolicies();
  await linked(programs, 3);
  assert.is(await gateway.stop('SIGTERM'), 0);
  assert.is(await server.stop('SIGTERM'), 0);
  await ipsec.stop();
});

test.run();
