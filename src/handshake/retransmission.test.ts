// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { halfOpenLifetimeMs, waitMs } from './retransmission.ts';

const test = suite('retransmission');
const { handshakeMaxTransmissions } = ImplementationLimits;
const transmissions = Array.from({ length: handshakeMaxTransmissions }, (_, i) => i + 1);

test('waits double, and end', () => {
  assert.equal(
    transmissions.map((transmission) => waitMs(transmission, 0)),
    [2000, 4000, 8000, 16000, 32000],
  );
  assert.is(waitMs(handshakeMaxTransmissions + 1, 0), undefined);
});

test('jitter lengthens a wait by up to half', () => {
  assert.equal(
    [0, 0.5, 1].map((jitter) => waitMs(1, jitter)),
    [2000, 2500, 3000],
  );
});

test('a half-open handshake outlives the slowest peer', () => {
  const slowest = transmissions.reduce((sum, transmission) => sum + waitMs(transmission, 1)!, 0);
  assert.ok(halfOpenLifetimeMs >= slowest);
});

test.run();
