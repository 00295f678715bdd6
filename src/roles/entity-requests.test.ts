// SPDX-License-Identifier: Apache-2.0

/** What a server may answer to an external entity, and what it may not. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../node-limits.ts';
import { EntityMessageType } from './entity-message.ts';
import { EntityRequests } from './entity-requests.ts';
import { Status } from './status.ts';

const test = suite('entity requests');
const { deliver, publish, query, answer, settled, published, capabilities } = EntityMessageType;
const CAPABILITIES = { isHere: false, fields: [], services: [] };

/** A content, a publication and a query, under 0, 1 and 2. */
function asked() {
  const requests = new EntityRequests();
  const outcomes: unknown[] = [];
  const done = (outcome: unknown) => void outcomes.push(outcome);
  const end = (outcome: unknown) => void outcomes.push(outcome);
  requests.ask(() => {}, { type: deliver, end });
  requests.ask(() => {}, { type: publish, done, end });
  requests.ask(() => {}, { type: query, done, end });
  return { requests, outcomes };
}

test('each is answered once', () => {
  const { requests, outcomes } = asked();
  requests.answered({ type: answer, request: 0, status: Status.ok });
  requests.answered({ type: settled, request: 0, outcome: 'delivered' });
  requests.answered({ type: published, request: 1, queued: 2, missed: 0 });
  requests.answered({ type: capabilities, request: 2, ...CAPABILITIES });
  requests.answered({ type: settled, request: 0, outcome: 'rejected' });
  requests.lose();
  assert.equal(outcomes, [
    'delivered',
    { outcome: 'queued', queued: 2, missed: 0 },
    { outcome: 'told', ...CAPABILITIES },
  ]);
});

test('an answer to something else than was asked is refused, and what was asked still waits', () => {
  const { requests, outcomes } = asked();
  for (const request of [0, 2, 9])
    assert.throws(
      () => requests.answered({ type: published, request, queued: 1, missed: 0 }),
      /messageInvalid/,
    );
  for (const request of [0, 1, 9])
    assert.throws(
      () => requests.answered({ type: capabilities, request, ...CAPABILITIES }),
      /messageInvalid/,
    );
  for (const request of [1, 2])
    assert.throws(
      () => requests.answered({ type: settled, request, outcome: 'delivered' }),
      /messageInvalid/,
    );
  assert.equal(outcomes, []);
  requests.lose();
  assert.equal(outcomes, ['unknown', 'unknown', 'unknown']);
});

test('a status says of each what it says, and of others that the request was no good', () => {
  const { requests, outcomes } = asked();
  requests.answered({ type: answer, request: 0, status: Status.groupUnknown });
  requests.answered({ type: answer, request: 1, status: Status.groupUnknown });
  requests.answered({ type: answer, request: 2, status: Status.entityUnknown });
  assert.equal(outcomes, ['badRequest', { outcome: 'groupUnknown' }, { outcome: 'entityUnknown' }]);
});

test('what could not be sent was not asked, and no more than there may be is', () => {
  const requests = new EntityRequests();
  const end = () => assert.unreachable();
  const fail = () => {
    throw new Error('not sent');
  };
  assert.throws(() => requests.ask(fail, { type: deliver, end }), /not sent/);
  requests.lose();
  const numbers: number[] = [];
  for (let count = 0; count < NodeLimits.entityMaxRequests; count += 1)
    requests.ask((request) => void numbers.push(request), { type: deliver, end });
  assert.throws(() => requests.ask(() => assert.unreachable(), { type: deliver, end }), /queueFull/);
  assert.equal(new Set(numbers).size, NodeLimits.entityMaxRequests);
});

test.run();
