// SPDX-License-Identifier: Apache-2.0

/** Every subject, action and object, decided twice: over the table, and by hand below. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { authorize, type Context, type Decision, type Openness, type Subject } from './decision.ts';
import { type EntityRole, OPERATIONS, type OperationName } from './operations.ts';
import type { Scope } from './scope.ts';

const test = suite('authorization/decision');

const ROLES: readonly EntityRole[] = ['pne', 'gateway', 'server', 'external'];
const ACTIONS = Object.keys(OPERATIONS) as OperationName[];
/** Two of each kind, and of the kind that there is not. */
const OBJECTS = Array.from({ length: 16 }, (_, object) => object);
const NAME = 'somebody';

const OWNERS: readonly Context[] = [
  {},
  { owner: 'else' },
  ...[undefined, ...ROLES].map((ownerRole) => ({
    owner: NAME,
    ...(ownerRole !== undefined && { ownerRole }),
  })),
];

const CONTEXTS: readonly Context[] = (() => {
  const contexts: Context[] = [];
  for (const owned of OWNERS)
    for (const isMember of [undefined, false, true])
      for (const openness of [undefined, 'open', 'ask', 'closed'] as const)
        for (const answer of openness === 'ask'
          ? ([undefined, 'consented', 'refused'] as const)
          : [undefined])
          contexts.push({
            ...owned,
            ...(isMember !== undefined && { isMember }),
            ...(openness !== undefined && { openness }),
            ...(answer !== undefined && { answer }),
          });
  return contexts;
})();

/** Nothing, all of that object, one operation of it, all but one, and all of every other object. */
function scopesFor(object: number, bit: number): readonly Scope[] {
  const all = 2 ** 30 - 1;
  return [
    [],
    [{ object, permissions: all }],
    [{ object, permissions: 1 << bit }],
    [{ object, permissions: all & ~(1 << bit) }],
    OBJECTS.filter((each) => each !== object).map((each) => ({ object: each, permissions: all })),
  ];
}

/** The second implementation: CPNS's list of what may be done, read out one by one. */
function naive(
  { role, name, scope }: Subject,
  action: OperationName,
  object: number,
  context: Context,
): string {
  const [noun, verb] = action.split('-') as [string, string];
  const nouns = ['pn', 'gateway', 'admin', 'group', 'content', 'devices', 'bridge', 'nothing'];
  if (nouns[object & 7] !== noun) return 'notAuthorized';
  if (!mayAsk(role, noun, verb)) return 'notAuthorized';
  if (verb === 'leave' || (noun === 'admin' && verb === 'release'))
    return context.isMember === true ? 'permit' : 'notAuthorized';
  const row = scope.find((each) => each.object === object);
  const granted = row !== undefined && Math.floor(row.permissions / 2 ** bitOf(noun, verb)) % 2 === 1;
  if (!granted) return 'notAuthorized';
  const isOwner =
    context.owner === name && (context.ownerRole === undefined ? 'pne' : context.ownerRole) === role;
  if (
    [
      ...['pn release', 'gateway request', 'group transfer', 'group remove'],
      ...['admin add', 'admin assign', 'admin change'],
    ].includes(`${noun} ${verb}`)
  )
    return isOwner ? 'permit' : 'notOwner';
  if (noun === 'bridge' || verb === 'access') return isOwner ? 'permit' : opened(context);
  return 'permit';
}

function mayAsk(role: EntityRole, noun: string, verb: string): boolean {
  switch (role) {
    case 'pne':
      return noun === 'gateway' ? verb === 'request' : noun !== 'bridge' && verb !== 'deliver';
    case 'gateway':
      if (noun === 'pn') return ['join', 'setup', 'release', 'leave'].includes(verb);
      if (noun === 'group') return verb === 'discover';
      return verb !== 'deliver';
    case 'server':
      return verb === 'publish' || verb === 'deliver';
    case 'external':
      if (noun === 'group') return verb === 'discover' || verb === 'publish';
      return noun === 'content' || noun === 'devices';
  }
}

function bitOf(noun: string, verb: string): number {
  const verbs: Record<string, string[]> = {
    pn: ['join', 'report', 'receive', 'choose', 'setup', 'release', 'leave'],
    gateway: ['switch', 'request'],
    admin: ['add', 'assign', 'change', 'release'],
    group: ['discover', 'join', 'publish', 'create', 'own', 'transfer', 'remove', 'leave'],
    content: ['deliver', 'access'],
    devices: ['read', 'capabilities'],
    bridge: ['open'],
  };
  return verbs[noun]!.indexOf(verb);
}

function opened({ openness, owner, answer }: Context): string {
  const asked = owner === undefined ? 'consentRequired' : `ask ${owner}`;
  const answers: Record<Openness, string> = {
    open: 'permit',
    ask: answer === undefined ? asked : { consented: 'permit', refused: 'notAuthorized' }[answer],
    closed: 'notAuthorized',
  };
  return openness === undefined ? 'notAuthorized' : answers[openness];
}

function wordOf(decision: Decision): string {
  if (decision.kind === 'ask') return `ask ${decision.entity}`;
  return decision.kind === 'deny' ? decision.reason : 'permit';
}

/** Calls `check` with every role, action, object and context. */
function forAll(
  check: (role: EntityRole, action: OperationName, object: number, context: Context) => void,
): void {
  for (const role of ROLES)
    for (const action of ACTIONS)
      for (const object of OBJECTS) for (const context of CONTEXTS) check(role, action, object, context);
}

test('table and list decide alike on every role, action, object, grant and context', () => {
  const counts: Record<string, number> = {};
  let total = 0;
  forAll((role, action, object, context) => {
    for (const scope of scopesFor(object, OPERATIONS[action].bit)) {
      const subject = { role, name: NAME, scope };
      const word = wordOf(authorize(subject, action, object, context));
      counts[word] = (counts[word] ?? 0) + 1;
      total += 1;
      const expected = naive(subject, action, object, context);
      if (word !== expected) assert.unreachable(`${role} ${action} ${object}: ${word}, expected ${expected}`);
    }
  });
  assert.is(total, ROLES.length * ACTIONS.length * OBJECTS.length * 5 * CONTEXTS.length);
  for (const word of ['permit', 'notAuthorized', 'notOwner', 'consentRequired', 'ask else', `ask ${NAME}`])
    assert.ok(counts[word]! > 0);
  assert.ok(counts.notAuthorized! > (total * 9) / 10, 'what is not permitted is denied');
});

test('an answer of the owner counts where he is to be asked, and nowhere else', () => {
  forAll((role, action, object, context) => {
    const subject = { role, name: 'another', scope: scopesFor(object, OPERATIONS[action].bit)[1]! };
    const { answer: _, ...unanswered } = context;
    for (const answer of ['consented', 'refused'] as const) {
      const before = wordOf(authorize(subject, action, object, unanswered));
      const after = wordOf(authorize(subject, action, object, { ...unanswered, answer }));
      const isAsked = before === 'consentRequired' || before.startsWith('ask');
      const expected = answer === 'consented' ? 'permit' : 'notAuthorized';
      if (after !== (isAsked ? expected : before)) assert.unreachable(`${action}: ${before}, then ${after}`);
    }
  });
});

test('no two operations of one kind share a bit, and each has someone who may ask', () => {
  const seen = new Set(Object.values(OPERATIONS).map(({ kind, bit }) => `${kind} ${bit}`));
  assert.is(seen.size, ACTIONS.length);
  for (const { bit, roles } of Object.values(OPERATIONS)) assert.ok(bit < 30 && roles.length > 0);
});

test('without any grant nothing is permitted but to leave', () => {
  forAll((role, action, object, context) => {
    const { kind } = authorize({ role, name: NAME, scope: [] }, action, object, context);
    if (kind !== 'deny') assert.is(OPERATIONS[action].rule, 'member');
  });
});

test.run();
