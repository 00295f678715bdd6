// SPDX-License-Identifier: Apache-2.0

import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Passkeys } from './ble/passkeys.ts';
import { PasskeyPrompt } from './passkey-prompt.ts';

const test = suite('simulator/passkey-prompt');

function open() {
  const shown: string[] = [];
  const input = new PassThrough();
  const prompt = new PasskeyPrompt(input, {
    ask: (question) => shown.push(question),
    answered: () => shown.push('-'),
    say: (line) => shown.push(line),
  });
  const forever = new AbortController().signal;
  return { shown, input, prompt, ask: (pne: string, passkey: number) => prompt.ask(pne, passkey, forever) };
}

test('one is asked at a time, and each answer is for the one that was named', async () => {
  const { shown, input, ask } = open();
  const [first, second] = [ask('pne-1', 1234), ask('pne-2', 222222)];
  assert.equal(shown, ['pne-1 shows 001234; type it at the gateway: ']);
  input.write('001234\n');
  assert.is(await first, 1234);
  assert.is(shown.at(-1), 'pne-2 shows 222222; type it at the gateway: ');
  input.write(' 222222 \n');
  assert.is(await second, 222222);
});

test('what is no passkey is said, and pairs nobody', async () => {
  const { shown, input, ask } = open();
  const answer = ask('pne-1', 111111);
  input.write('12a456\n');
  assert.ok(Number.isNaN(await answer));
  assert.ok(shown.includes("pne-1: '12a456' is no passkey of six digits"));
});

test('a line that nobody asked for answers nobody', async () => {
  const { input, ask } = open();
  input.write('111111\n');
  await new Promise((resolve) => setImmediate(resolve));
  const answer = ask('pne-1', 222222);
  input.write('222222\n');
  assert.is(await answer, 222222);
});

test('a question whose pairing has ended is dropped, in front of the screen or behind it', async () => {
  const { shown, input, prompt, ask } = open();
  const [first, second] = [new AbortController(), new AbortController()];
  void prompt.ask('pne-1', 1, first.signal);
  void prompt.ask('pne-2', 2, second.signal);
  const third = ask('pne-3', 333333);
  second.abort();
  first.abort();
  assert.ok(shown.includes('pne-1 has stopped waiting for its passkey'));
  assert.is(shown.at(-1), 'pne-3 shows 333333; type it at the gateway: ');
  input.write('333333\n');
  assert.is(await third, 333333);
});

test('where nobody can type any more, what is shown is taken', async () => {
  const { input, ask } = open();
  const [first, second] = [ask('pne-1', 111111), ask('pne-2', 222222)];
  input.end();
  assert.equal(await Promise.all([first, second]), [111111, 222222]);
  assert.is(await ask('pne-3', 333333), 333333);
});

test('an answer to a pairing that has ended goes to nobody, least of all to the next', async () => {
  const typed: ((passkey: number) => void)[] = [];
  const passkeys = new Passkeys(() => new Promise((resolve) => typed.push(resolve)));
  const answers: string[] = [];
  passkeys.want('a', (passkey) => answers.push(`first ${passkey}`));
  passkeys.show('a', 111111);
  passkeys.forget('a');
  passkeys.want('a', (passkey) => answers.push(`second ${passkey}`));
  passkeys.show('a', 222222);
  typed[0]!(111111);
  typed[1]!(222222);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answers, ['second 222222']);
});

test('a passkey that was shown for a pairing that has ended is not taken for the next', () => {
  const asked: number[] = [];
  const passkeys = new Passkeys(async (_address, shown) => asked.push(shown));
  passkeys.show('a', 111111);
  passkeys.forget('a');
  passkeys.want('a', () => undefined);
  assert.equal(asked, []);
  passkeys.show('a', 222222);
  assert.equal(asked, [222222]);
});

test.run();
