// SPDX-License-Identifier: Apache-2.0

/** CPNS-2 left to IPsec: what is attested is asked for, and the link ends when it holds no more. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../link/link.ts';
import { VirtualTime } from '../../link/time.testing.ts';
import { Confidentiality, Integrity } from '../../negotiation/mechanisms.ts';
import { NodeLimits } from '../../node-limits.ts';
import type { ReasonName } from '../../refusal.ts';
import { createGatewayLinks } from '../../roles/gateway-links.ts';
import { type Agreement, staticDhInterface } from '../../roles/interface.ts';
import { secureServerLink } from '../../roles/server-link.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { newIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { after } from '../timer.ts';
import { connectWebSocket, listenWebSocket } from '../websocket.ts';
import type { Ends } from './evidence.ts';
import {
  framed,
  INITIATOR,
  RESPONDER,
  type Recorded,
  RecordedDaemon,
  TUNNEL,
  TUNNEL_RESPONDER,
} from './recorded.testing.ts';
import { createIpsecWitness, type IpsecWitness } from './witness.ts';

const test = suite('node/ipsec/witness');

interface Place {
  readonly daemon: RecordedDaemon;
  readonly witness: IpsecWitness;
  readonly time: VirtualTime;
  /** Why something that was attested was lost. */
  readonly losses: string[];
  policies: string;
}

async function placed(work: (place: Place) => Promise<void>): Promise<void> {
  const path = join(scratchFolder(), 'vici');
  const daemon = new RecordedDaemon(path);
  await daemon.start();
  const time = new VirtualTime();
  const place: Place = {
    daemon,
    time,
    losses: [],
    policies: TUNNEL,
    witness: createIpsecWitness({
      viciPath: path,
      after: time.after,
      onLost: (reason) => void place.losses.push(reason),
      readPolicies: () => Promise.resolve(place.policies),
    }),
  };
  await work(place);
  place.witness.close();
  await daemon.stop();
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'attested',
    ({ message }: Error) => message,
  );

/** A link that is attested, and how often it was lost. */
async function attested({ witness }: Place): Promise<{ lost: number; release(): void }> {
  const link = { lost: 0, release: () => {} };
  const { release } = await witness.attest(INITIATOR, () => {
    link.lost += 1;
  });
  link.release = release;
  return link;
}

test('many who ask at once are answered by few questions', () =>
  placed(async (place) => {
    const all = await Promise.all(Array.from({ length: 50 }, () => attested(place)));
    assert.is(all.length, 50);
    assert.ok(place.daemon.asked <= 2, `${place.daemon.asked}`);
  }));

for (const [event, then, why] of [
  ['event-child-down', 'listed-without-child', /0 IPsec associations/],
  ['event-ike-down', 'listed-none', /0 IPsec associations/],
  // Of another association than was attested.
  ['event-ike-rekey', 'listed-after-ike-rekey-initiator', /another IPsec association/],
] as readonly (readonly [Recorded, Recorded, RegExp])[])
  test(`${event} ends the link, once, and says why`, () =>
    placed(async (place) => {
      const link = await attested(place);
      place.daemon.answer = then;
      place.daemon.say(event);
      await until(() => link.lost === 1, 'lost');
      assert.match(place.losses.join(), why);
      place.daemon.say(event);
      await attested({ ...place, witness: place.witness }).catch(() => {});
      assert.is(link.lost, 1);
    }));

test('new keys of the association end no link, nor do those of its IKE_SA after them', () =>
  placed(async (place) => {
    const link = await attested(place);
    for (const name of ['child', 'ike'] as const) {
      const { asked } = place.daemon;
      place.daemon.answer = `listed-after-${name}-rekey-initiator`;
      place.daemon.say(`event-${name}-rekey`);
      await until(() => place.daemon.asked > asked, 'asked');
      await attested(place);
      assert.is(link.lost, 0);
    }
    place.daemon.answer = 'listed-none';
    place.daemon.say('event-ike-down');
    await until(() => link.lost === 1, 'lost');
  }));

test('new keys of the same IKE_SA end no link, and what was released is told nothing', () =>
  placed(async (place) => {
    const [link, gone] = [await attested(place), await attested(place)];
    gone.release();
    const { asked } = place.daemon;
    place.daemon.answer = 'listed-after-child-rekey-initiator';
    place.daemon.say('event-child-rekey');
    await until(() => place.daemon.asked > asked, 'asked');
    await attested(place);
    assert.is(link.lost, 0);
    place.daemon.answer = 'listed-none';
    place.daemon.say('event-ike-down');
    await until(() => link.lost === 1, 'lost');
    assert.is(gone.lost, 0);
  }));

test('a policy that is taken away without a word is missed in time', () =>
  placed(async (place) => {
    const link = await attested(place);
    place.policies = '';
    place.time.pass(NodeLimits.ipsecCheckMs);
    await until(() => link.lost === 1, 'lost');
  }));

test('without the daemon nothing is attested, and what was is lost; with it again it is asked again', () =>
  placed(async (place) => {
    const link = await attested(place);
    await place.daemon.stop();
    await until(() => link.lost === 1, 'lost');
    assert.equal(place.losses, ['the IKE daemon is gone']);
    assert.match(
      await failure(place.witness.attest(INITIATOR, () => {})),
      /^attestationInsufficient \(73\): IPsec cannot be asked: /,
    );
    await place.daemon.start();
    await attested(place);
  }));

test('a daemon that says what cannot be read, or nothing, attests nothing', () =>
  placed(async (place) => {
    for (const raw of [
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      framed(Uint8Array.of(9)),
      framed(Uint8Array.of(2)),
    ]) {
      place.daemon.raw = raw;
      assert.match(await failure(place.witness.attest(INITIATOR, () => {})), /IPsec cannot be asked/);
    }
    place.daemon.raw = new Uint8Array(0);
    const { asked } = place.daemon;
    const silent = failure(place.witness.attest(INITIATOR, () => {}));
    await until(() => place.daemon.asked > asked, 'asked');
    place.time.pass(NodeLimits.viciTimeoutMs);
    assert.match(await silent, /it does not answer/);
  }));

/** What is attested here of a connection on loopback, of which no IPsec can be. */
const standing = (witness: IpsecWitness, ends: Ends): IpsecWitness => ({
  ...witness,
  attest: (_ends, onLost) => witness.attest(ends, onLost),
});

const provider = createNodeProvider();
const [SERVER, GATEWAY] = [newIdentity(provider, 'server'), newIdentity(provider, 'gateway')];

interface Joined {
  readonly agreements: Agreement[];
  readonly unattested: string[];
  /** The server's. */
  readonly refusals: ReasonName[];
  /** Why the gateway has no link, or undefined. */
  readonly failure: string | undefined;
  readonly isOpen: () => boolean;
}

async function joined(
  server: IpsecWitness,
  gateway: IpsecWitness | undefined,
  work: (joined: Joined) => Promise<void>,
) {
  const agreements: Agreement[] = [];
  const unattested: string[] = [];
  const refusals: ReasonName[] = [];
  const options = { after, onAgreed: (agreement: Agreement) => void agreements.push(agreement) };
  const links = createGatewayLinks({
    ...options,
    own: staticDhInterface('server', 'CPNS-2', provider, SERVER, [GATEWAY.credential]),
    onSecured: () => ({ onMessage(): void {}, onClosed(): void {} }),
    onRefused: (reason) => void refusals.push(reason),
  });
  const listener = await listenWebSocket(0, links.attach, after, '127.0.0.1', {
    witnessOf: () => server,
    onUnattested: ({ message }) => void unattested.push(message),
  });
  let isOpen = false;
  const adopt = (link: Link) => {
    isOpen = true;
    const own = staticDhInterface('gateway', 'CPNS-2', provider, GATEWAY, [SERVER.credential]);
    const events = secureServerLink(
      {
        ...options,
        own,
        onSecured: () => ({ onMessage(): void {}, onClosed(): void {} }),
        onRefused(): void {},
        onSeats(): void {},
        onPnKey(): void {},
        onWithdrawn(): void {},
        onAdmitted(): void {},
        onRevoked(): void {},
        onPlaced(): void {},
      },
      link,
    );
    return {
      onMessage: events.onMessage,
      onClosed(): void {
        isOpen = false;
        events.onClosed();
      },
    };
  };
  const outcome = await failure(
    connectWebSocket(`ws://127.0.0.1:${listener.port}`, adopt, after, { ipsec: gateway }),
  );
  await work({
    agreements,
    unattested,
    refusals,
    failure: outcome === 'attested' ? undefined : outcome,
    isOpen: () => isOpen,
  });
  await listener.close();
}

test('CPNS-2 is left to IPsec where both ends attest it, and ends with it', () =>
  placed((near) =>
    placed(async (far) => {
      far.daemon.answer = 'listed-responder';
      far.policies = TUNNEL_RESPONDER;
      const [server, gateway] = [standing(far.witness, RESPONDER), standing(near.witness, INITIATOR)];
      await joined(server, gateway, async ({ agreements, isOpen }) => {
        await until(() => agreements.length === 2, 'both agreed');
        for (const { linkKind, choice } of agreements) {
          assert.is(linkKind, 'ipsec');
          for (const way of [choice.toInitiator, choice.toResponder])
            assert.equal(
              [way.integrity, way.confidentiality],
              [Integrity.delegated, Confidentiality.delegated],
            );
        }
        far.daemon.answer = 'listed-none';
        far.daemon.say('event-ike-down');
        await until(() => !isOpen(), 'closed');
      });
    }),
  ));

test('an end whose IPsec is another one agrees on nothing', () =>
  placed((near) =>
    placed(async (far) => {
      far.daemon.answer = 'listed-after-ike-rekey-responder';
      far.policies = TUNNEL_RESPONDER;
      const [server, gateway] = [standing(far.witness, RESPONDER), standing(near.witness, INITIATOR)];
      await joined(server, gateway, async ({ agreements, refusals }) => {
        await until(() => refusals.length > 0, 'refused');
        assert.equal([...new Set(refusals)], ['channelMismatch']);
        assert.equal(agreements, []);
      });
    }),
  ));

test('a gateway that comes without IPsec is refused, with its number; so is a server without', () =>
  placed(async (place) => {
    await joined(place.witness, undefined, async ({ agreements, unattested }) => {
      await until(() => unattested.length === 1, 'refused');
      assert.match(
        unattested[0]!,
        /^attestationInsufficient \(73\): 0 IPsec .* 127\.0\.0\.1 to 127\.0\.0\.1/,
      );
      assert.equal(agreements, []);
    });
    await joined(
      standing(place.witness, INITIATOR),
      place.witness,
      async ({ agreements, failure: reason }) => {
        assert.match(reason!, /^attestationInsufficient \(73\)/);
        assert.equal(agreements, []);
      },
    );
  }));

test.run();
