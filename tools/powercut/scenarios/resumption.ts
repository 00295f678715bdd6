// SPDX-License-Identifier: Apache-2.0

/** A device that starts again, or whose link was lost: handshakes by the keys of those before, each of which makes the next. */
import { CutNetwork } from '../network.ts';
import { onDevice } from '../run.ts';

export const resumption = onDevice({
  name: 'resumption',
  prepare(medium, seed) {
    const network = new CutNetwork(medium, seed);
    network.pass(1000);
    network.device.start();
    network.settle();
    return {
      run(): void {
        if (seed % 2 === 0) network.device.roam(seed % 4 === 0);
        else {
          network.device.end(true);
          network.device.start();
        }
        network.device.report();
        network.settle();
      },
      restart: () => network.restart(),
      check: () => network.check(),
      content: (of) => network.content(of),
    };
  },
});
