// SPDX-License-Identifier: Apache-2.0

/** A PN that moves between two gateways, by `admin switch` and as its owner asks, and a PNE that reports meanwhile. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Status } from '../../roles/status.ts';
import { until } from '../listener.testing.ts';
import { after } from '../timer.ts';
import { PNE, withTwoGateways } from './two-gateways.testing.ts';

const test = suite('switch');
const REPORT_MS = 10;
const MOST_UNDER_WAY = 4;

test('a switch that nobody granted is refused, and the PN stays', () =>
  withTwoGateways(async (network) => {
    await network.startGateway('gateway-2');
    assert.equal(await network.admin('server', 'switch', '1', 'gateway-2'), [
      '1 goes to gateway-2, if the server finds a grant for that, as soon as it is there',
    ]);
    await network.says('server', 'switch-refused');
    const refused = network.said.server!.find(({ event }) => event === 'switch-refused');
    assert.equal(refused?.facts, { reason: 'notAuthorized', group: 1, gateway: 'gateway-2' });
    assert.is(network.agreements('gateway-2'), 0);
    assert.match((await network.admin('server', 'group', 'list'))[0]!, /^1 {2}PN home {2}epoch 1 /);
  }));

test('a PN waits for its new gateway, moves there and back, and no reading is lost or doubled', () =>
  withTwoGateways(async (network) => {
    const [first, second] = ['gateway-1', 'gateway-2'] as const;
    const sent: number[] = [];
    let isReporting = true;
    const report = () => {
      if (!isReporting) return;
      if (sent.length - network.accepted < MOST_UNDER_WAY) {
        network.pne.report(sent.length);
        sent.push(sent.length);
      }
      after(REPORT_MS, report);
    };
    report();
    await network.admin('server', 'grant-gateway', first, second, '--takes', '1');
    await network.admin('server', 'switch', '1', second);
    await until(() => sent.length > 10, 'readings while it waits');
    assert.is(network.agreements(first), 1);
    await network.startGateway(second);
    for (const [turn, gateway] of [second, first, second].entries()) {
      const agreed = turn === 0 ? 0 : network.agreements(gateway);
      if (turn > 0) await network.admin('server', 'switch', '1', gateway);
      await network.says('server', 'switched', turn + 1);
      await until(() => network.agreements(gateway) > agreed, `the PNE comes by ${gateway}`);
      const before = network.readings().length;
      await until(() => network.readings().length > before + 5, `readings by ${gateway}`);
    }
    assert.equal([network.agreements(first) >= 2, network.agreements(second) >= 2], [true, true]);
    assert.match(
      (await network.admin('server', 'group', 'list'))[0]!,
      /epoch 4 {2}owner pne-1 {2}at gateway-2 /,
    );
    isReporting = false;
    await until(() => network.readings().length >= sent.length, 'the last reading');
    assert.equal(
      [...network.readings()].sort((a, b) => Number(a) - Number(b)),
      sent,
    );
  }));

test('a PNE that knows one gateway follows its PN to another, of which the server tells it', () =>
  withTwoGateways(
    async (network) => {
      await network.startGateway('gateway-2');
      await network.admin('server', 'grant-gateway', 'gateway-2', '--takes', '1');
      await network.admin('server', 'switch', '1', 'gateway-2');
      await network.says('server', 'switched');
      await until(() => network.agreements('gateway-2') > 0, 'the PNE comes by gateway-2');
      network.pne.report('there');
      await until(() => network.readings().includes('there'), 'its reading');
    },
    ['gateway-1'],
  ));

test('a PN moves as the PNE that owns it asks, once its new gateway is there, by the grants of then', () =>
  withTwoGateways(async (network) => {
    const { ok, notAuthorized } = Status;
    const becomes = async (status: number, gateway: string) => {
      for (let tries = 0; tries < 100; tries++) {
        if ((await network.asksFor(gateway)) === status) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.unreachable(`never ${status}`);
    };
    assert.is(await network.asksFor('gateway-2'), notAuthorized);
    await network.admin('server', 'grant-gateway', 'gateway-2', '--takes', '1');
    await network.admin('server', 'grant', PNE, '--may', 'gateway-request:1');
    await becomes(ok, 'gateway-2');
    await network.admin('server', 'grant', PNE);
    await network.startGateway('gateway-2');
    await network.says('server', 'switch-refused');
    const by = { group: 1, gateway: 'gateway-2', by: 'pne', name: PNE };
    const refused = network.said.server!.find(({ event }) => event === 'switch-refused');
    assert.equal([refused?.facts, network.agreements('gateway-2')], [{ reason: 'notAuthorized', ...by }, 0]);
    await network.admin('server', 'grant', PNE, '--may', 'gateway-request:1');
    await becomes(ok, 'gateway-2');
    await network.says('server', 'switched');
    assert.equal(network.said.server!.find(({ event }) => event === 'switched')?.facts, by);
    await until(() => network.agreements('gateway-2') > 0, 'the PNE comes by gateway-2');
    network.pne.report('there');
    await until(() => network.readings().includes('there'), 'its reading');
  }));

test('who may take over is told by the list; what is asked wrongly says what is missing', () =>
  withTwoGateways(async (network) => {
    const failing: [RegExp, ...string[]][] = [
      [/2 is no PN/, 'switch', '2', 'gateway-2'],
      [/there is no PN 3/, 'switch', '3', 'gateway-2'],
      [/no gateway is called gateway-3/, 'switch', '1', 'gateway-3'],
      [/a PN is needed/, 'grant-gateway', 'gateway-2'],
      [/names of gateways/, 'grant-gateway', '--takes', '1'],
      [/no gateway is called x/, 'revoke-gateway', 'x'],
    ];
    for (const [what, ...words] of failing) {
      const error = await network.admin('server', ...words).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      assert.match(String(error?.message), what);
    }
    await network.admin('server', 'grant-gateway', 'gateway-2', '--takes', '1');
    assert.equal(await network.admin('server', 'list-gateways'), ['gateway-1', 'gateway-2 (has a grant)']);
    await network.admin('server', 'switch', '1', 'gateway-2');
    await network.admin('server', 'revoke-gateway', 'gateway-2');
    await network.says('server', 'switch-refused');
    assert.equal(await network.admin('server', 'switch', '1'), ['1 may be at any gateway']);
  }));

test.run();
