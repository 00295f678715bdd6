// SPDX-License-Identifier: Apache-2.0

/** ble-host on both ends, each in a process and a folder of its own. */
import { suite } from 'uvu';
import { bleChecks } from '../../interop/ble/checks.ts';

const test = suite('simulator/controller/ble-host');

for (const { name, run } of bleChecks({ stacks: ['ble-host', 'ble-host'] })) {
  test(name, async () => {
    await run();
  });
}

test.run();
