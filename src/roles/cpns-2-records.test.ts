// SPDX-License-Identifier: Apache-2.0

/** What passes on CPNS-2 once it is secured: records, their keys, and what the server states. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Secret } from '../crypto/provider.ts';
import { proofOf, wrapKey } from '../keys/wrapping.ts';
import { encodeRoute } from '../link/route.ts';
import { assertPasses, joined, ROUTE } from './cpns-2.testing.ts';
import { ControlKind } from './gateway-control.ts';
import { PROVIDER } from './identities.testing.ts';

const test = suite('CPNS-2 records');
const withdrawn = (pneId: string) => ({ kind: ControlKind.withdrawn, pneId });

for (const sender of ['gateway', 'server'] as const) {
  test(`keys are renewed before those of the ${sender} are used up, and nothing is lost meanwhile`, () => {
    const { net, gateway } = joined({ own: { renewAfter: 256 } });
    const [from, to] =
      sender === 'gateway' ? [gateway.routes, net.routes[0]!] : [net.routes[0]!, gateway.routes];
    for (let count = 0; count < 600; count += 1) {
      from.link!.send(encodeRoute(count, Uint8Array.of(1)));
      // Some are under way while keys change.
      if (count % 5 === 0) net.settle();
      if (count % 50 === 0) to.link!.send(ROUTE);
    }
    net.settle();
    assert.is(to.received.length, 600);
    assert.ok(gateway.agreements.length >= 2, `${gateway.agreements.length}`);
    assert.equal([net.refusals, gateway.refusals, gateway.isOpen], [[], [], true]);
  });
}

test('keys that are used up all the same end the link', () => {
  const records = PROVIDER.records!;
  const provider = {
    ...PROVIDER,
    records: {
      ...records,
      createSender: (...[direction, first]: Parameters<typeof records.createSender>) =>
        records.createSender(direction, first, 4),
    },
  };
  const { net, gateway } = joined({ server: { provider } });
  const server = net.routes[0]!;
  for (let count = 0; count < 4; count += 1) server.link!.send(ROUTE);
  assert.throws(() => server.link!.send(ROUTE), /keyLimitReached/);
  net.settle();
  assert.not.ok(gateway.isOpen);
});

test('what the server revokes is told until it is done', () => {
  const { net, gateway } = joined();
  net.links.state({ kind: ControlKind.revoked, kid: Uint8Array.of(4), minimum: 2 });
  net.settle();
  const [first] = gateway.revoked;
  assert.equal([first!.statement.kid, first!.statement.minimum], [Uint8Array.of(4), 2]);
  net.clock.pass(10_000);
  net.settle();
  assert.ok(gateway.revoked.length > 1);
  first!.confirm();
  net.settle();
  assert.is(net.clock.running, 0);
});

test('what the server states is told to a gateway that is there, and to one that comes, until it is done', () => {
  const { net, gateway } = joined();
  net.links.state(withdrawn('pne-1'));
  net.settle();
  assert.equal(
    gateway.withdrawn.map(({ pneId }) => pneId),
    ['pne-1'],
  );
  net.clock.pass(10_000);
  net.settle();
  assert.ok(gateway.withdrawn.length > 1);
  gateway.withdrawn[0]!.confirm();
  net.settle();
  assert.is(net.clock.running, 0);
  const again = net.join();
  net.settle();
  assert.equal(
    again.withdrawn.map(({ pneId }) => pneId),
    ['pne-1'],
  );
  net.links.retract(withdrawn('pne-1'));
  const later = net.join();
  net.settle();
  assert.equal(later.withdrawn, []);
});

test('what is stated to one gateway is told to that alone, the newest of it, and confirmed', () => {
  const { net, gateway } = joined();
  const kind = ControlKind.seats;
  const routes = net.routes[0]!.link!;
  for (const sender of [1, 2])
    net.links.stateTo(routes, { kind, pneId: 'pne-1', seats: [{ reference: 2, sender }] });
  net.settle();
  assert.equal(gateway.seated[gateway.seated.length - 1], ['pne-1', [{ reference: 2, sender: 2 }]]);
  assert.is(net.clock.running, 0);
  const again = net.join();
  net.settle();
  assert.equal(again.seated, []);
  net.links.stateTo(routes, { kind, pneId: 'pne-1', seats: [] });
  net.settle();
  assert.equal(again.seated, []);
});

test('the key of a PN comes under a key of the link, also once that has another, and its end without one', () => {
  const { net, gateway } = joined({ own: { renewAfter: 256 } });
  const routes = net.routes[0]!.link!;
  const kind = ControlKind.pnKey;
  const proofs: string[] = [];
  const state = (epoch: number) => {
    const key = PROVIDER.secret(new Uint8Array(16).fill(epoch));
    const wrap = (above: Secret) => wrapKey(PROVIDER, above, 1, epoch, key);
    net.links.stateTo(routes, { kind, reference: 1, epoch, wrap });
    proofs.push(proofOf(PROVIDER, key, 1, epoch).join());
    net.settle();
  };
  state(1);
  for (let count = 0; count < 600; count += 1) {
    gateway.routes.link!.send(ROUTE);
    if (count % 50 === 0) routes.send(ROUTE);
    if (count % 5 === 0) net.settle();
  }
  net.settle();
  assert.ok(gateway.agreements.length >= 2);
  state(2);
  const given = gateway.pnKeys.map(({ epoch, key }) => proofOf(PROVIDER, key!, 1, epoch).join());
  assert.equal(given, proofs);
  net.links.stateTo(routes, { kind, reference: 1, epoch: 2, wrap: () => new Uint8Array(0) });
  net.settle();
  assert.is(gateway.pnKeys[2]!.key, undefined);
  assert.is(net.clock.running, 0);
});

test('a gateway that never says anything to a statement loses its link', () => {
  const { net, gateway } = joined();
  net.tap = (message, towards) => (towards === 'server' ? [] : [message]);
  net.links.state(withdrawn('pne-1'));
  for (let round = 0; round < 6; round += 1) {
    net.clock.pass(10_000);
    net.settle();
  }
  assert.not.ok(gateway.isOpen);
});

test('with the link all timers end, at both ends', () => {
  const { net, gateway } = joined();
  net.links.state(withdrawn('pne-1'));
  gateway.close();
  net.settle();
  assert.is(net.clock.running, 0);
});

test('a record that is altered or repeated is refused, and the link stays', () => {
  const { net, gateway } = joined();
  const altered = (message: Uint8Array) =>
    message.map((byte, at) => byte ^ Number(at === message.length - 1));
  net.tap = (message) => [altered(message), message, message];
  gateway.routes.link!.send(ROUTE);
  net.settle();
  net.tap = (message) => [message];
  assert.equal(net.routes[0]!.received, [ROUTE]);
  assert.equal(
    net.refusals.map(({ reason }) => reason),
    ['decryptionFailure', 'replay'],
  );
  assertPasses(net, gateway);
});

test.run();
