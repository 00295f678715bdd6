// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { provisionDevice } from '../exports/node.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { startDevice } from './device.ts';
import { newIdentity } from './identity.ts';

const test = suite('a device of a program');
const provider = createNodeProvider();
/** Nobody listens there. */
const NOBODY = 1;

/** Timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

test('keeps its process alive while its gateway is away, until it is closed', async () => {
  const [gateway, server] = ['gateway', 'server'].map((name) => newIdentity(provider, name).credential);
  const { provisioning } = provisionDevice(provider, 'pne-1', {
    gateway: gateway!,
    server: server!,
    port: NOBODY,
  });
  let device: ReturnType<typeof startDevice> | undefined;
  await new Promise<Error>((resolve) => {
    const boots = { epoch: undefined, write(): void {} };
    device = startDevice({ provider, provisioning, boots, onUnreachable: resolve });
  });
  const open = timers();
  device!.close();
  assert.is(timers(), open - 1);
});

test.run();
