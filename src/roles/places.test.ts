// SPDX-License-Identifier: Apache-2.0

/** Where a PNE is: its place at a gateway, and the way that answers take. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createFill } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import type { LinkEvents } from '../link/link.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { recordKid } from '../session/forms.ts';
import { refusedAt } from './attacker.testing.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { connected, passAll, recover, values } from './scenario.testing.ts';

const test = suite('places');

/** A link on which nobody says anything. */
function attachSilent(network: TestNetwork): { readonly isClosed: boolean } {
  let isClosed = false;
  let events: LinkEvents | undefined;
  events = network.gateway.attachPne({
    send(): void {},
    attestation: () => PLAIN_STREAM,
    close(): void {
      if (isClosed) return;
      isClosed = true;
      events?.onClosed();
    },
  });
  return {
    get isClosed() {
      return isClosed;
    },
  };
}

/** What the PNE sends to the server for one reading, kept from it. */
function heldReading(network: TestNetwork, value: unknown): Uint8Array {
  let held: Uint8Array | undefined;
  network.relay = (message) => {
    held = message;
    return [];
  };
  network.pne.report(value);
  network.settle();
  passAll(network);
  return held!;
}

test('a record that was held back does not move the route back', () => {
  const network = connected();
  const held = heldReading(network, 'held');
  network.pne.report('newer');
  network.settle();
  network.injectRelay(encodeRoute(77, decodeRoute(held).message), 'server');
  network.settle();
  assert.equal(values(network), ['newer', 'held']);
  network.server.deliver('pne-1', 'content');
  network.settle();
  assert.equal(network.contents, ['content']);
});

test('a new record moves it', () => {
  const network = connected();
  const route = heldReading(network, 'roamed');
  const flows: number[] = [];
  network.relay = (message, towards) => {
    if (towards === 'gateway') flows.push(decodeRoute(message).flow);
    return [message];
  };
  network.injectRelay(encodeRoute(77, decodeRoute(route).message), 'server');
  network.settle();
  assert.equal(flows, [77]);
});

test('links on which nobody proves anything make room for one that does', () => {
  const network = createTestNetwork();
  const silent = Array.from({ length: ImplementationLimits.gatewayMaxPnes }, () => attachSilent(network));
  network.pne.report('reading');
  network.linkUp();
  network.settle();
  assert.equal(values(network), ['reading']);
  assert.is(
    silent.findIndex(({ isClosed }) => !isClosed),
    1,
  );
});

test('they do not take the place of a PNE that has proved itself', () => {
  const network = connected();
  for (let count = 0; count < 3 * ImplementationLimits.gatewayMaxPnes; count += 1) attachSilent(network);
  network.pne.report('reading');
  network.settle();
  assert.ok(network.isUp);
  assert.equal(values(network), ['reading']);
});

test('a link that nobody secures is closed after a time', () => {
  const network = connected();
  const silent = attachSilent(network);
  network.fireTimers((milliseconds) => milliseconds === ImplementationLimits.hopSecuringMs);
  assert.ok(silent.isClosed);
  assert.ok(network.isUp);
});

test('a PNE that loses power more often than there are places finds its place', () => {
  const network = createTestNetwork();
  for (let boot = 0; boot < 2 * ImplementationLimits.gatewayMaxPnes; boot += 1) {
    // The former link is gone without a word: only the PNE's end of it.
    network.linkUp();
    network.settle();
  }
  const others = Array.from({ length: ImplementationLimits.gatewayMaxPnes - 1 }, () => attachSilent(network));
  assert.ok(others.every(({ isClosed }) => !isClosed));
  network.pne.report('reading');
  network.settle();
  assert.equal(values(network), ['reading']);
});

test('another link to the server: PNEs come again, and contents find them', () => {
  const network = connected();
  network.replaceServerLink();
  network.settle();
  assert.not.ok(network.isUp);
  network.server.deliver('pne-1', 'content');
  recover(network, 1);
  assert.equal(network.contents, ['content']);
});

test('records under a kid that is not theirs name nobody', () => {
  const network = connected();
  const { flow, message } = decodeRoute(heldReading(network, 'true'));
  const kid = recordKid(message.subarray(1));
  assert.is(kid.length, 2);
  const stale = message.slice();
  createFill(3)(stale.subarray(message.length - 12));
  network.injectRelay(encodeRoute(flow, stale), 'server');
  assert.equal(refusedAt(network, 'server'), ['decryptionFailure']);
  assert.equal(network.named, []);
});

test('kids of a server do not begin anew when it does', () => {
  const kids = new Set<string>();
  for (let round = 0; round < 8; round += 1) {
    const network = connected();
    kids.add(recordKid(decodeRoute(heldReading(network, 'reading')).message.subarray(1)).join());
    network.restart('server');
    recover(network);
    kids.add(recordKid(decodeRoute(heldReading(network, 'reading')).message.subarray(1)).join());
  }
  assert.is(kids.size, 16);
});

test.run();
