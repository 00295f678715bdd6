// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeCode, encodeCode, networkOf } from './onboarding-code.ts';

const test = suite('onboarding code');

const SECRET = Uint8Array.from({ length: 16 }, (_, at) => 17 * at);
const CODE = encodeCode({ pneId: 'pne-1', secret: SECRET, network: 700 });

function outcome(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

test('gives back what it was made of, in capitals or not', () => {
  for (const text of [CODE, CODE.toLowerCase(), ` ${CODE}\n`])
    assert.equal(decodeCode(text, 700), { pneId: 'pne-1', secret: SECRET, network: 700 });
});

test('the longest has 40 characters, all of them of the alphanumeric mode', () => {
  const code = encodeCode({ pneId: 'pne-99999', secret: new Uint8Array(16).fill(255), network: 1023 });
  assert.is(code.length, 40);
  assert.match(code, /^[0-9A-Z.-]{40}$/);
  assert.equal(decodeCode(code).secret, new Uint8Array(16).fill(255));
});

test('I, L and O are read as the digits that they look like', () => {
  const code = encodeCode({ pneId: 'a', secret: new Uint8Array(16), network: 1 });
  const [id, body] = code.split('.');
  assert.equal(decodeCode(`${id}.${body!.replaceAll('0', 'O').replaceAll('1', 'l')}`).network, 1);
});

test('one wrong or swapped character is found, wherever it is, but for one in some thousand', () => {
  let found = 0;
  let all = 0;
  for (let at = 0; at < CODE.length; at += 1) {
    for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZ-.') {
      if (other === CODE[at]) continue;
      all += 1;
      const text = CODE.slice(0, at) + other + CODE.slice(at + 1);
      if (outcome(() => decodeCode(text)).startsWith('onboardingCodeInvalid')) found += 1;
    }
  }
  assert.ok(all > 1000 && found / all > 0.998, `${found} of ${all}`);
});

test('the check covers the id', () => {
  assert.match(
    outcome(() => decodeCode(CODE.replace('PNE-1', 'PNE-2'))),
    'mistyped',
  );
});

test('what is no code is told from one that was mistyped, and both say what to do', () => {
  for (const text of [
    '',
    'pne-1',
    `${CODE}0`,
    CODE.slice(1 + CODE.indexOf('.')),
    `${CODE}.`,
    CODE.replace('.', ' '),
  ])
    assert.match(
      outcome(() => decodeCode(text)),
      'no code',
    );
});

test('a code for another network is refused by name, one for any network is not', () => {
  assert.match(
    outcome(() => decodeCode(CODE, 701)),
    /onboardingForeign.*pne-1 is for another network/,
  );
  const any = encodeCode({ pneId: 'pne-1', secret: SECRET, network: 0 });
  assert.is(decodeCode(any, 701).network, 0);
});

test('an id that no code can have is refused', () => {
  for (const pneId of ['', 'pne-100000', 'a.b', 'ä', '-a', 'a-', 'PNE'])
    assert.match(
      outcome(() => encodeCode({ pneId, secret: SECRET, network: 0 })),
      'onboardingCodeInvalid',
    );
});

test('networks are told apart by the credential of their server, and none is 0', () => {
  const numbers = Array.from({ length: 64 }, (_, at) => networkOf(Uint8Array.of(at)));
  assert.ok(new Set(numbers).size > 55);
  assert.ok(numbers.every((number) => number > 0 && number < 1024));
});

test.run();
