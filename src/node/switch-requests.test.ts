// SPDX-License-Identifier: Apache-2.0

/** What a server process does with switches that another process has asked for. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { gatewayScope } from '../authorization/gateway-access.ts';
import type { Done } from '../roles/server-keys.ts';
import { GATEWAY_GRANTS, grantScope, openGrants } from './grants.ts';
import { until } from './listener.testing.ts';
import { createMemoryStore } from './store/memory.ts';
import { openSwitches, requestSwitch, type SwitchesOptions } from './switches.ts';
import { after } from './timer.ts';

const test = suite('switch requests');
const PN = 1;
const NOW = 1_800_000_000;

async function openAsked(keys: SwitchesOptions['keys']) {
  const store = createMemoryStore();
  await grantScope(store, GATEWAY_GRANTS, 'gateway-2', gatewayScope({ takes: [PN], bridges: [] }), NOW + 60);
  await requestSwitch(store, PN, 'gateway-2');
  const grants = await openGrants({
    ...{ store, list: GATEWAY_GRANTS, authority: new Authority({ now: () => NOW }) },
    onRevoked(): void {},
    onFailed: assert.unreachable,
  });
  const state = { isThere: false, outcomes: [] as unknown[], failures: 0 };
  const switches = await openSwitches({
    ...{ store, grants, keys },
    hasGateway: () => state.isThere,
    after: (_milliseconds, work) => after(0, work),
    onSwitched: (...switched) => state.outcomes.push(switched),
    onRefused: (...refused) => state.outcomes.push(refused),
    onFailed: () => {
      state.failures += 1;
    },
  });
  return Object.assign(state, {
    switches,
    close(): void {
      switches.close();
      grants.close();
    },
  });
}

test('a PN that another process has just made is known', async () => {
  let isMade = false;
  const asked = await openAsked({
    refresh(then): void {
      isMade = true;
      then?.();
    },
    switchGateway: (_reference, _gateway, done?: Done) => done?.(isMade ? undefined : 'groupUnknown'),
  });
  assert.equal(asked.outcomes, []);
  isMade = false;
  asked.isThere = true;
  asked.switches.proceed();
  await until(() => asked.outcomes.length > 0, 'the switch');
  assert.equal(asked.outcomes, [[PN, 'gateway-2']]);
  asked.close();
});

test('what could not be stored is said, and tried again', async () => {
  let tries = 0;
  const asked = await openAsked({
    refresh: (then) => then?.(),
    switchGateway(_reference, _gateway, done?: Done): void {
      tries += 1;
      done?.(tries === 1 ? 'storeFailed' : undefined);
    },
  });
  asked.isThere = true;
  asked.switches.proceed();
  await until(() => asked.outcomes.length > 0, 'the switch');
  assert.equal([asked.outcomes, asked.failures], [[[PN, 'gateway-2']], 1]);
  asked.close();
});

test.run();
