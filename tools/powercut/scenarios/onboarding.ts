// SPDX-License-Identifier: Apache-2.0

/** A device with an id and a one-time secret makes its key, joins, keeps what it is told, and sends a reading. */
import { OnboardingNetwork } from '../onboarding-network.ts';
import { onDevice } from '../run.ts';

export const onboarding = onDevice({
  name: 'onboarding',
  prepare(medium, seed) {
    const network = new OnboardingNetwork(medium, seed);
    return {
      run(): void {
        network.start();
        network.settle();
      },
      restart(): void {
        network.stop();
        network.start();
        network.settle();
      },
      check: () => network.check(),
      content: (of) => network.content(of),
    };
  },
});
