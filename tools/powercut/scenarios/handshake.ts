// SPDX-License-Identifier: Apache-2.0

/** A device that starts for the first time: both handshakes with public keys, registration, readings and a content. */
import { CutNetwork } from '../network.ts';
import { onDevice } from '../run.ts';

export const handshake = onDevice({
  name: 'handshake',
  prepare(medium, seed) {
    const network = new CutNetwork(medium, seed);
    network.pass(1000);
    return {
      run(): void {
        network.device.start();
        network.settle();
        network.device.report();
        network.settle();
      },
      restart: () => network.restart(),
      check: () => network.check(),
      content: (of) => network.content(of),
    };
  },
});
