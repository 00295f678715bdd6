// SPDX-License-Identifier: Apache-2.0

/** A gateway that asks its server what the PNE that owns its PN says to a bridge. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Context } from '../authorization/decision.ts';
import type { BridgeConsents } from './bridge-consents.ts';
import { askBridge, BridgeWord, bridgeAnswerIn } from './bridge-wish.ts';
import type { Question } from './consent.ts';
import { grantTo, type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('service bridges');
const HOME = 1;
const BRIDGE: Right = ['bridge-open', 1];
const { waits, consented, refused, nobody } = BridgeWord;
const { notAuthorized, groupUnknown, badRequest } = Status;

/** What an owner was asked, and has answered: `context` says. */
class Consents implements BridgeConsents {
  context: Context = { openness: 'open', owner: '' };
  readonly asked: (readonly [question: Question, owner: string])[] = [];

  contextOf(): Context {
    return this.context;
  }

  secondsFor(): number {
    return 100;
  }

  askOwner(question: Question, owner: string): void {
    this.asked.push([question, owner]);
  }
}

/** pne-1 owns PN 1 and is at gateway a, as pne-2 is. */
function home(rights: Readonly<Record<string, readonly Right[]>> = { b: [BRIDGE] }) {
  const consents = new Consents();
  const devices = ['pne-1', 'pne-2'];
  const network = new ServiceNetwork({}, { devices, gateways: ['a', 'b'], consents });
  grantTo(network.gatewayAuthority, 1, rights);
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1'] });
  network.settle();
  const say = (name: string, about: string, reference = HOME) => {
    const answer = network.gatewayAnswer(name, askBridge(reference, about));
    return answer.status === Status.ok ? bridgeAnswerIn(answer) : answer.status;
  };
  return { network, consents, say };
}

// The first test of a suite has less of XS's stack than those behind it: it asks nobody.
test('an answer of another form is refused', () => {
  const wrong = [[], [0], [4, 0], [0, 0, 0], [Uint8Array.of(0), 0], [1, Uint8Array.of(1)]];
  for (const results of wrong) assert.throws(() => bridgeAnswerIn({ results }), /messageInvalid/);
});

test('a server that asks no owners says so', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  assert.is(network.gatewayAnswer('gateway', askBridge(HOME, 'b')).status, notAuthorized);
});

test('the owner is asked, and what he answers is told', () => {
  const { consents, say } = home();
  const question = { operation: 'bridge-open', subject: 'b', target: '1' };
  assert.equal(say('a', 'b'), { word: waits, seconds: 0 });
  assert.equal(consents.asked, [[question, 'pne-1']]);
  for (const [answer, word] of [
    ['consented', consented],
    ['refused', refused],
  ] as const) {
    consents.context = { openness: 'ask', owner: 'pne-1', answer };
    assert.equal(say('a', 'b'), { word, seconds: 100 });
  }
  assert.is(consents.asked.length, 1);
});

test('an answer of who owned it before, or that nobody was asked for, is none', () => {
  const { consents, say } = home();
  for (const context of [
    { openness: 'ask', owner: 'pne-2', answer: 'consented' },
    { openness: 'ask', owner: '', answer: 'consented' },
    { openness: 'open', owner: 'pne-1', answer: 'consented' },
  ] as const) {
    consents.context = context;
    assert.equal(say('a', 'b'), { word: waits, seconds: 0 });
  }
  assert.equal(
    consents.asked.map(([, owner]) => owner),
    Array(3).fill('pne-1'),
  );
});

test('nobody is asked about a gateway without a grant, whatever was answered', () => {
  const { network, consents, say } = home({ b: [['bridge-open', 2], 'gateway-switch'] });
  assert.is(say('a', 'b'), notAuthorized);
  grantTo(network.authority, 2, { b: [BRIDGE] });
  assert.is(say('a', 'b'), notAuthorized);
  consents.context = { openness: 'ask', owner: 'pne-1', answer: 'consented' };
  assert.is(say('a', 'b'), notAuthorized);
  assert.equal(consents.asked, []);
});

test('only the gateway of the PN asks: where it is, or where a member is', () => {
  const { network, consents, say } = home({ a: [BRIDGE], b: [BRIDGE] });
  assert.is(say('b', 'a'), notAuthorized);
  // Somebody else is there.
  network.connect('pne-2', 'b');
  network.settle();
  assert.is(say('b', 'a'), notAuthorized);
  network.connect('pne-1', 'b');
  network.settle();
  assert.equal([say('b', 'a'), say('a', 'b')], [{ word: waits, seconds: 0 }, notAuthorized]);
  network.keys.switchGateway(HOME, 'a');
  network.settle();
  assert.equal([say('b', 'a'), say('a', 'b')], [notAuthorized, { word: waits, seconds: 0 }]);
  assert.is(consents.asked.length, 2);
});

test('of a PN that no PNE owns it is nobody; one that there is not, a group and no name are refused', () => {
  const { network, consents, say } = home();
  network.keys.create({ kind: 'pn', name: 'else', members: ['pne-2'] });
  network.keys.create({ kind: 'service', name: 'lights', owner: 'pne-1', members: ['pne-1'] });
  network.settle();
  assert.equal(
    [say('a', 'b', 3), say('a', 'b', 5), say('a', 'b', 2)],
    [{ word: nobody, seconds: 0 }, groupUnknown, groupUnknown],
  );
  assert.is(say('a', ''), badRequest);
  assert.equal(consents.asked, []);
});

test('a PNE does not ask for a bridge', () => {
  const { network, consents } = home();
  grantTo(network.authority, 2, { 'pne-1': [BRIDGE], b: [BRIDGE] });
  assert.is(network.answer('pne-1', askBridge(HOME, 'b')).status, notAuthorized);
  assert.equal(consents.asked, []);
});

test('a grant that is taken away counts, also behind a consent', () => {
  const { network, consents, say } = home();
  consents.context = { openness: 'ask', owner: 'pne-1', answer: 'consented' };
  assert.equal(say('a', 'b'), { word: consented, seconds: 100 });
  network.gatewayAuthority.revoke('b', 2);
  assert.is(say('a', 'b'), notAuthorized);
});

test.run();
