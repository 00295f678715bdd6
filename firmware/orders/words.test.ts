// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat } from '../../src/cbor/flat.ts';
import { Reason } from '../../src/refusal.ts';
import { answerLine, noticeLine, questionLine } from './words.ts';

const test = suite('order words');
const NOTHING = new Uint8Array(0);

test('an answer is a line: what became of it, and what the server has said', () => {
  const results = [0, encodeFlat([2, 5, 3, 'lights', ''])];
  assert.is(
    answerLine({ number: 4, reason: 0, status: 0, results }),
    'order 4 answered with status 0: [0,[2,5,3,"lights",""]]',
  );
  assert.is(answerLine({ number: 5, reason: 0, status: 3, results: [] }), 'order 5 answered with status 3');
  assert.is(
    answerLine({ number: 6, reason: Reason.queueFull, status: 0, results: [] }),
    'order 6 refused queueFull (62)',
  );
});

test('whose a group is, and where', () => {
  const notice = { reference: 1, owner: 'pne-1', gateway: 'gateway-2', credential: NOTHING };
  assert.is(noticeLine(notice), 'group 1: owner pne-1, at gateway gateway-2');
  assert.is(noticeLine({ ...notice, owner: undefined, gateway: undefined }), 'group 1: owner none');
});

test('a name from elsewhere breaks no line and moves no cursor', () => {
  const subject = 'a\nb\u001b[2J\u009b1A\u2028\u202e';
  assert.is(
    questionLine({ number: 1, operation: 'content-access', subject, target: 'pne-1' }),
    'question 1: a?b?[2J?1A?? wants content-access of pne-1',
  );
  const results = [encodeFlat(['\u009b1A'])];
  assert.is(
    answerLine({ number: 1, reason: 0, status: 0, results }),
    'order 1 answered with status 0: [["?1A"]]',
  );
});

test.run();
