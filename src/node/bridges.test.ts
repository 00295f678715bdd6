// SPDX-License-Identifier: Apache-2.0

/** Two PN GWs with a bridge, and members of one group behind each. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { THIS_END } from '../authorization/cti.ts';
import { ADMINISTRATOR, type Answer, type Context } from '../authorization/decision.ts';
import { decideBridge, gatewayScope } from '../authorization/gateway-access.ts';
import { DEFAULT_PN } from '../authorization/membership.ts';
import { createCredentialStore } from '../handshake/credential.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { NodeLimits } from '../node-limits.ts';
import type { ReasonName } from '../refusal.ts';
import { createGatewayBridge, type GatewayBridge } from '../roles/gateway-bridge.ts';
import { GroupNetwork } from '../roles/group-network.testing.ts';
import { PROVIDER } from '../roles/identities.testing.ts';
import { InitiatorLink } from '../roles/initiator-link.ts';
import { staticDhInterface } from '../roles/interface.ts';

const test = suite('bridges');
const GATEWAYS = Object.freeze(['a', 'b', 'c']);
const LIGHTS = 2;

class Bridged {
  readonly net = new GroupNetwork({ devices: ['pne-1', 'pne-2', 'pne-3'], gateways: GATEWAYS });
  /** What each gateway holds of grants for others. */
  readonly grants = new Map(GATEWAYS.map((name) => [name, new Authority({ now: () => 0 })]));
  readonly bridges = new Map<string, GatewayBridge>();
  readonly refused: {
    readonly at: string;
    readonly reason: ReasonName;
    readonly gateway: string | undefined;
  }[] = [];
  /** How open a gateway's PN is to bridges, where it is not to all who have a grant. */
  readonly contexts = new Map<string, Context>();
  readonly asked: string[] = [];
  readonly waiting: string[] = [];
  open = 0;
  /** Messages on bridges. */
  sent: Uint8Array[] = [];

  constructor() {
    const { net } = this;
    net.keys.create({ kind: 'service', name: 'lights', members: ['pne-1', 'pne-2', 'pne-3'] });
    net.settle();
    net.connect('pne-2', 'b');
    net.connect('pne-3', 'c');
    net.settle();
    for (const name of GATEWAYS) {
      this.bridges.set(name, this.newBridge(name));
      net.bridges.set(name, this.bridges.get(name)!);
    }
  }

  grant(at: string, gateway: string): void {
    const scope = gatewayScope({ takes: [], bridges: [DEFAULT_PN] });
    this.grants.get(at)!.hold(gateway, { audience: THIS_END, sequence: 1, scope, expiry: { exp: 9 } });
  }

  grantBoth(one: string, other: string): void {
    this.grant(one, other);
    this.grant(other, one);
  }

  join(from: string, to: string): { close(): void } {
    const { near, close, adopt } = this.wire((link) => this.bridges.get(to)!.accept(link));
    adopt(this.bridges.get(from)!.join(near));
    this.net.settle();
    return { close };
  }

  /** A link of which one end accepts; the other is the caller's. */
  wire(accept: (link: Link) => LinkEvents) {
    const { queue } = this.net;
    const ends: { near?: LinkEvents; far?: LinkEvents } = {};
    let isOpen = true;
    this.open += 1;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      this.open -= 1;
      queue.push(() => {
        ends.near?.onClosed();
        ends.far?.onClosed();
      });
    };
    const linkTo = (other: 'near' | 'far'): Link => ({
      attestation: () => PLAIN_STREAM,
      close,
      send: (message) => {
        const bytes = message.slice();
        this.sent.push(bytes);
        queue.push(() => isOpen && ends[other]?.onMessage(bytes));
      },
    });
    ends.far = accept(linkTo('near'));
    return {
      near: linkTo('far'),
      close,
      adopt: (events: LinkEvents) => void Object.assign(ends, { near: events }),
    };
  }

  /** What PNEs have of what one says. */
  say(value: unknown): unknown[][] {
    this.net.device('pne-1').keys.publish(LIGHTS, value);
    this.net.settle();
    return ['pne-2', 'pne-3'].map((id) =>
      this.net
        .device(id)
        .contents.splice(0)
        .map(([, each]) => each),
    );
  }

  /** Contents go no way but by bridges. */
  cutServer(): void {
    this.net.relay = (message, towards) => (towards === 'server' ? [] : [message]);
  }

  reasons(at: string): ReasonName[] {
    return this.refused.filter((each) => each.at === at).map(({ reason }) => reason);
  }

  interface(name: string) {
    const own = staticDhInterface('gateway', 'CPNS-4', PROVIDER, this.net.identity(name), []);
    const others = GATEWAYS.filter((each) => each !== name).map((each) => this.net.identity(each).credential);
    return { ...own, peers: createCredentialStore(others) };
  }

  /** A link to b at whose other end a test says what it likes, as `name`. */
  intrude(name: string): InitiatorLink {
    const hostile = this.wire((link) => this.bridges.get('b')!.accept(link));
    const peers = createCredentialStore([this.net.identity('b').credential]);
    const end = new InitiatorLink(
      {
        own: { ...this.interface(name), peers },
        after: this.net.time.after,
        onSecured(): void {},
        onAgreed(): void {},
        onMessage(): void {},
        onRefused(): void {},
      },
      hostile.near,
    );
    hostile.adopt({ onMessage: (message) => end.receive(message), onClosed: () => end.end() });
    end.start();
    this.net.settle();
    return end;
  }

  private newBridge(name: string): GatewayBridge {
    const { net } = this;
    return createGatewayBridge({
      own: this.interface(name),
      after: net.time.after,
      decide: (gateway) => decideBridge(this.grants.get(name)!, gateway, DEFAULT_PN, this.contexts.get(name)),
      ask: (gateway) => void this.asked.push(`${name} ${gateway}`),
      onWaiting: (gateway, isWaiting) => void this.waiting.push(`${name} ${gateway} ${isWaiting}`),
      onContent: (message) => net.gateways.get(name)!.gateway.takeContent(message),
      onAgreed(): void {},
      onRefused: (reason, gateway) => this.refused.push({ at: name, reason, gateway }),
    });
  }
}

test('a content reaches members behind the other gateway without the server, and once with it', () => {
  const bridged = new Bridged();
  bridged.grantBoth('a', 'b');
  bridged.join('a', 'b');
  assert.equal(bridged.say('both ways'), [['both ways'], ['both ways']]);
  assert.not.ok(bridged.net.device('pne-2').refusals.includes('replay'));
  bridged.cutServer();
  assert.equal(bridged.say('directly'), [['directly'], []]);
});

test('what comes by a bridge goes on by none: three gateways in a circle end', () => {
  const bridged = new Bridged();
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ] as const) {
    bridged.grantBoth(from, to);
    bridged.join(from, to);
  }
  bridged.sent = [];
  bridged.cutServer();
  assert.equal(bridged.say('round'), [['round'], ['round']]);
  assert.is(bridged.sent.length, 2);
});

test('nothing in a record can be read on the way', () => {
  const bridged = new Bridged();
  bridged.grantBoth('a', 'b');
  bridged.join('a', 'b');
  bridged.sent = [];
  let content: Uint8Array | undefined;
  const { send } = bridged.bridges.get('a')!;
  bridged.net.bridges.set('a', {
    send: (message) => {
      content = message.slice(1);
      send(message);
    },
  });
  bridged.say('secret');
  assert.is(bridged.sent.length, 1);
  assert.not.ok(bridged.sent[0]!.join().includes(content!.join()));
});

test('two gateways that each made a link to the other send a content once', () => {
  const bridged = new Bridged();
  bridged.grantBoth('a', 'b');
  bridged.join('a', 'b');
  bridged.join('b', 'a');
  assert.is(bridged.open, 2);
  bridged.sent = [];
  bridged.cutServer();
  assert.equal(bridged.say('once'), [['once'], []]);
  assert.is(bridged.sent.length, 1);
});

test('without a grant at either end there is no bridge, and the link ends at once: another comes later', () => {
  for (const [at, gateway] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const bridged = new Bridged();
    bridged.grant(at, gateway);
    bridged.join('a', 'b');
    bridged.net.pass(10, 10);
    assert.is(bridged.open, 0);
    bridged.cutServer();
    assert.equal(bridged.say('nowhere'), [[], []]);
  }
});

test('a grant that is revoked ends the bridge before the next content', () => {
  for (const at of ['a', 'b']) {
    const bridged = new Bridged();
    bridged.grantBoth('a', 'b');
    bridged.join('a', 'b');
    bridged.cutServer();
    bridged.grants.get(at)!.revoke(at === 'a' ? 'b' : 'a', 2);
    assert.equal(bridged.say('late'), [[], []]);
    for (const bridge of bridged.bridges.values()) bridge.refresh();
    bridged.net.settle();
    assert.is(bridged.open, 0);
  }
});

/** A bridge for which the owner at b is to be asked. */
function asking(): Bridged {
  const bridged = new Bridged();
  bridged.contexts.set('b', ASK);
  bridged.grantBoth('a', 'b');
  bridged.join('a', 'b');
  bridged.cutServer();
  return bridged;
}

const ASK: Context = Object.freeze({ openness: 'ask', owner: ADMINISTRATOR });

function answer(bridged: Bridged, given: Answer): void {
  bridged.contexts.set('b', { ...ASK, answer: given });
  bridged.bridges.get('b')!.refresh();
  bridged.net.settle();
}

test('where the owner is to be asked nothing crosses, either end knows why, and the link stays', () => {
  const bridged = asking();
  bridged.sent = [];
  assert.equal(bridged.say('early'), [[], []]);
  assert.equal([bridged.sent, bridged.reasons('b')], [[], []], 'who waits sends nothing');
  bridged.net.device('pne-2').keys.publish(LIGHTS, 'back');
  bridged.net.settle();
  assert.equal(bridged.net.device('pne-1').contents, []);
  assert.equal([bridged.asked, bridged.waiting, bridged.open], [['b a'], ['a b true'], 1]);
});

test('once he consents contents cross on the same link', () => {
  const bridged = asking();
  answer(bridged, 'consented');
  assert.equal(bridged.waiting, ['a b true', 'a b false']);
  assert.equal(bridged.say('now'), [['now'], []]);
  assert.equal(bridged.reasons('b'), []);
});

test('consent that is withdrawn ends the bridge before the next content, and he is not asked again', () => {
  const bridged = asking();
  answer(bridged, 'consented');
  bridged.contexts.set('b', { ...ASK, answer: 'refused' });
  assert.equal(bridged.say('late'), [[], []]);
  assert.equal([bridged.open, bridged.asked], [0, ['b a']]);
  bridged.join('a', 'b');
  assert.equal([bridged.say('again'), bridged.asked], [[[], []], ['b a']]);
});

test('a gateway that does not heed that consent is required, or says what is no state, gets nothing through', () => {
  const bridged = new Bridged();
  bridged.contexts.set('b', ASK);
  bridged.grantBoth('a', 'b');
  const end = bridged.intrude('a');
  const states = [[], [2], [0, 0]].map((body) => Uint8Array.of(Channel.bridgeState, ...body));
  for (const message of [Uint8Array.of(Channel.groupContent, 0x52, 0, 0, 1, 2, 3), ...states])
    end.send(message);
  bridged.net.settle();
  assert.equal(bridged.reasons('b'), ['consentRequired', ...states.map(() => 'messageInvalid')]);
  assert.equal([bridged.net.device('pne-2').contents, bridged.waiting], [[], []]);
});

test('who is not known is not let in', () => {
  const bridged = new Bridged();
  bridged.grant('b', 'pne-3');
  const end = bridged.intrude('pne-3');
  assert.equal(bridged.reasons('b'), ['credentialUnknown']);
  assert.throws(() => end.send(Uint8Array.of(Channel.groupContent, 1)), /linkClosed/);
});

test('a gateway that says what is no content, or speaks for others, gets nothing through', () => {
  const bridged = new Bridged();
  bridged.grantBoth('a', 'b');
  const end = bridged.intrude('a');
  const contents: Uint8Array[] = [];
  bridged.net.bridges.set('b', { send: (message) => void contents.push(message.slice()) });
  bridged.net.device('pne-2').keys.publish(LIGHTS, 'mine');
  bridged.net.settle();
  const wrong = [
    Uint8Array.of(Channel.groupContent),
    Uint8Array.of(Channel.endToEndRecord, 1, 2, 3),
    encodeChannelMessage(Channel.groupContent, Uint8Array.of(0)),
    // Of a group that nobody here is in: number 6, epoch 1, sender 0.
    encodeChannelMessage(Channel.groupContent, Uint8Array.of(0x44, 6, 0, 0, 1, 2, 3)),
    // What a member behind this very gateway said.
    contents[0]!,
  ];
  for (const message of wrong) end.send(message);
  bridged.net.settle();
  assert.equal(bridged.reasons('b'), [
    'messageInvalid',
    'messageInvalid',
    'messageInvalid',
    'groupUnknown',
    'senderForeign',
  ]);
  assert.equal(bridged.net.device('pne-2').contents.length, 0);
});

test('links that prove nothing make room, and end', () => {
  const bridged = new Bridged();
  bridged.grantBoth('a', 'b');
  const { accept } = bridged.bridges.get('b')!;
  for (let count = 0; count < 2 * NodeLimits.gatewayMaxBridges; count += 1) bridged.wire(accept);
  assert.is(bridged.open, NodeLimits.gatewayMaxBridges);
  bridged.join('a', 'b');
  bridged.cutServer();
  assert.equal(bridged.say('still'), [['still'], []]);
  bridged.net.pass(200_000, 10_000);
  assert.is(bridged.open, 1);
});

test.run();
