// SPDX-License-Identifier: Apache-2.0

/** Tests on a personal network with a radio each, and what several of them look at. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../../src/link/link.ts';
import type { Flight } from '../controller/air/flight.ts';
import { Scenario, type ScenarioOptions } from './scenario.testing.ts';

/** A suite whose tests have a scenario each, which is closed however they end. */
export function scenarioSuite(name: string) {
  const test = suite(name);
  const withScenario = (
    title: string,
    options: ScenarioOptions,
    body: (scenario: Scenario) => Promise<void>,
  ): void => {
    test(title, async () => {
      const scenario = await Scenario.open(options);
      try {
        await body(scenario);
      } finally {
        await scenario.close();
      }
    });
  };
  return { withScenario, run: () => test.run() };
}

/** Readings may overtake each other when they are sent again. */
export function sorted(received: readonly number[]): number[] {
  return [...received].sort((a, b) => a - b);
}

/** CPNS-1 leaves all to the link, the others nothing. */
export function assertDelegated({ agreements }: Scenario): void {
  const isBare = agreements.map(({ choice }) => choice.toResponder.recordAlgorithm === undefined);
  assert.equal(isBare, [false, true, false]);
}

export function linkOf(link: Link): Link {
  return {
    send: (message) => link.send(message),
    attestation: () => link.attestation(),
    close: () => link.close(),
  };
}

export function isData({ direction, pdu }: Flight): boolean {
  return direction !== 'advertising' && pdu.length > 2;
}
