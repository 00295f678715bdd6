// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import '../failing.testing.ts';
import { DatabasePatience } from './postgres-losses.ts';

const test = suite('PostgreSQL losses');

function failing(code: string | undefined, message = 'no'): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

/** Fails with these in turn, and succeeds then; counts. */
function scene(isStarting = true) {
  const told: string[] = [];
  const onLost = ({ message }: Error) => void told.push(message);
  const patience = new DatabasePatience({ isStarting: () => isStarting, onLost });
  const run = async (...errors: readonly Error[]): Promise<number> => {
    let runs = 0;
    return patience.outlast(async () => {
      runs += 1;
      const error = errors[runs - 1];
      if (error !== undefined) throw error;
      return runs;
    });
  };
  return { told, run };
}

async function outcome(result: Promise<number>): Promise<number | string> {
  return result.catch(({ message }: Error) => message);
}

test('what a start reads is asked again where the connection has ended, and that is told once until there is one', async () => {
  const { told, run } = scene();
  const lost = failing(undefined, 'Connection terminated unexpectedly');
  const refused = failing('ECONNREFUSED');
  assert.is(await run(), 1);
  assert.is(await run(lost, refused), 3);
  assert.equal(told, ['Connection terminated unexpectedly']);
  assert.is(await run(refused), 2);
  assert.equal(told, ['Connection terminated unexpectedly', 'no']);
});

test('a database that says that it ends or starts has been found', async () => {
  const { told, run } = scene();
  assert.is(await run(failing('57P01', 'terminating'), failing('57P03', 'starting up')), 3);
  assert.equal(told, ['terminating']);
});

test('a wrong address, password or name is told of at once', async () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', '28P01', '3D000', undefined])
    assert.is(await outcome(scene().run(failing(code))), 'no', code);
  const { run, told } = scene();
  await run();
  assert.is(await outcome(run(failing('28P01'))), 'no');
  assert.equal(told, []);
});

test('a program that runs is told of each loss', async () => {
  const { run, told } = scene(false);
  await run();
  assert.is(await outcome(run(failing('57P01', 'terminating'))), 'terminating');
  assert.equal(told, []);
});

test.run();
