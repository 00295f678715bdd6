// SPDX-License-Identifier: Apache-2.0

/** Modes that real roles agree on and run, and what they refuse to. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import { Curve } from '../crypto/curves.ts';
import { Authentication, Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import { POLICIES } from '../negotiation/policies.ts';
import type { Policy, ProtectionTerms } from '../negotiation/policy.ts';
import { policyOf, termsOf } from '../negotiation/side.testing.ts';
import { agreedOn, agreementsOn, INTERFACES, RESPONDER, refusedAt } from './attacker.testing.ts';
import { createIdentities, IDENTITIES, PROVIDER } from './identities.testing.ts';
import { assertWorks, connected, connectedWith, recordAlgorithms } from './scenario.testing.ts';

const test = suite('negotiated modes');

const { tag64, tag128, hmac64, hmac256 } = Integrity;
const { aesCcm64, aesCcm128, chaCha20, none } = Confidentiality;
const BY_EDHOC = termsOf(64, Authentication.method3, Authentication.method0);

function policyWith(toResponder: ProtectionTerms, toInitiator = toResponder): Policy {
  return { authentication: BY_EDHOC, toResponder, toInitiator };
}

function protection(integrity: number, confidentiality: number): ProtectionTerms {
  return { integrity: termsOf(0, integrity), confidentiality: termsOf(0, confidentiality) };
}

for (const name of INTERFACES) {
  const responder = RESPONDER[name];

  test(`${name}: without a common mechanism both ends say so, before any key exists`, () => {
    let keys = 0;
    const counting = {
      ...PROVIDER,
      generateKey(curve: number) {
        keys += 1;
        return PROVIDER.generateKey(curve);
      },
    };
    const network = connectedWith(name, {
      pne: { policy: policyWith(protection(tag64, aesCcm64)) },
      [responder]: { policy: policyWith(protection(tag128, chaCha20)), provider: counting },
    });
    assert.equal(refusedAt(network, responder), ['mechanismNotSupported']);
    assert.equal(refusedAt(network, 'pne'), ['mechanismNotSupported']);
    assert.equal(agreedOn(network, name), []);
    assert.is(keys, 0);
  });

  test(`${name}: a responder's floor passes over what the PNE wants most`, () => {
    const { integrity, confidentiality } = POLICIES.pne['CPNS-3']!.toResponder;
    const high = { integrity: { ...integrity, floor: 128 }, confidentiality };
    const network = connectedWith(name, { [responder]: { policy: policyWith(high) } });
    assert.equal(recordAlgorithms(network, name), Array(2).fill(Algorithm.AES_CCM_16_128_128));
    assertWorks(network);
  });

  test(`${name}: a PNE's floor passes over what the responder wants most`, () => {
    const { integrity, confidentiality } = POLICIES.pne['CPNS-3']!.toResponder;
    const high = { integrity, confidentiality: { ...confidentiality, floor: 256 } };
    const network = connectedWith(name, { pne: { policy: policyWith(high) } });
    assert.equal(recordAlgorithms(network, name), Array(2).fill(Algorithm.CHACHA20_POLY1305));
    assertWorks(network);
  });

  test(`${name}: a floor above all that is accepted ends in a refusal, at either end`, () => {
    const impossible = policyWith({
      integrity: termsOf(128, tag64),
      confidentiality: termsOf(128, aesCcm64),
    });
    const pneRefuses = connectedWith(name, { pne: { policy: impossible } });
    assert.equal(refusedAt(pneRefuses, 'pne'), ['belowFloor']);
    assert.equal(agreedOn(pneRefuses, name), []);
    const responderRefuses = connectedWith(name, { [responder]: { policy: impossible } });
    assert.equal(refusedAt(responderRefuses, responder), ['belowFloor']);
    assert.equal(agreedOn(responderRefuses, name), []);
  });

  test(`${name}: a suite that the responder lacks gives way to one that it has`, () => {
    const network = connectedWith(name, { pne: { suites: [3, 2] }, [responder]: { suites: [2] } });
    assert.equal(
      agreementsOn(network, name).map(({ agreement }) => agreement.suite),
      [2, 2],
    );
    assert.equal(refusedAt(network, responder), ['suiteNotSupported']);
    assertWorks(network);
  });

  for (const [curve, curveName, suiteNumber] of [
    [Curve.P256, 'P-256', 2],
    [Curve.X25519, 'X25519', 0],
  ] as const) {
    test(`${name}: entities with ${curveName} keys agree on suite ${suiteNumber}`, () => {
      const network = connected({ identities: createIdentities(PROVIDER, curve) });
      assert.equal(
        agreementsOn(network, name).map(({ agreement }) => [agreement.method, agreement.suite]),
        Array(2).fill([3, suiteNumber]),
      );
      assertWorks(network);
    });
  }

  test(`${name}: without a common suite nothing is agreed`, () => {
    const network = connectedWith(name, { pne: { suites: [3] }, [responder]: { suites: [2] } });
    assert.equal(refusedAt(network, 'pne'), ['suiteNotSupported']);
    assert.equal(agreedOn(network, name), []);
  });

  for (const [what, methods] of [
    ['lacks', [0]],
    ['wants less', [0, 3]],
  ] as const) {
    test(`${name}: a method that the responder ${what} gives way to the next that was offered`, () => {
      const wanted = policyOf(
        termsOf(64, Authentication.method0, Authentication.method3),
        protection(tag64, aesCcm64),
      );
      const network = connectedWith(name, {
        pne: { methods: [3, 0] },
        [responder]: { methods, policy: wanted },
      });
      assert.equal(
        agreementsOn(network, name).map(({ agreement }) => agreement.method),
        [0, 0],
      );
      assertWorks(network);
    });
  }

  test(`${name}: without a common method both ends say so`, () => {
    const network = connectedWith(name, { pne: { methods: [3] }, [responder]: { methods: [0] } });
    assert.equal(refusedAt(network, responder), ['methodNotSupported']);
    assert.equal(refusedAt(network, 'pne'), ['mechanismNotSupported']);
    assert.equal(agreedOn(network, name), []);
  });

  for (const [curve, curveName, suiteNumber] of [
    [Curve.P256, 'P-256', 2],
    [Curve.Ed25519, 'Ed25519', 0],
  ] as const) {
    test(`${name}: entities with ${curveName} keys that only sign run method 0`, () => {
      const identities = curve === Curve.P256 ? IDENTITIES : createIdentities(PROVIDER, curve);
      const network = connected({
        identities,
        change: (own) => ({ ...own, methods: [0], suites: [suiteNumber] }),
      });
      for (const { agreement } of agreementsOn(network, name)) {
        const { method, suite: agreed, choice } = agreement;
        assert.equal([method, agreed, choice.authentication], [0, suiteNumber, Authentication.method0]);
      }
      assert.equal(agreedOn(network, name), [responder, 'pne']);
      assertWorks(network);
    });
  }
}

for (const [mode, integrity, algorithm] of [
  ['HMAC 256/64', hmac64, Algorithm.HMAC_256_64],
  ['HMAC 256/256', hmac256, Algorithm.HMAC_256_256],
] as const) {
  test(`${mode} alone, where both policies admit it: readable, and refused once altered`, () => {
    const policy = policyWith(protection(integrity, none));
    const network = connectedWith('CPNS-3', { pne: { policy }, server: { policy } });
    assert.equal(recordAlgorithms(network, 'CPNS-3'), [algorithm, algorithm]);
    const relayed: string[] = [];
    network.relay = (message) => {
      relayed.push(String.fromCharCode(...message));
      const altered = message.slice();
      altered[message.length - 1]! ^= 1;
      return [altered, message];
    };
    assertWorks(network);
    assert.ok(relayed.some((message) => message.includes('reading')));
    assert.ok(relayed.some((message) => message.includes('content')));
    assert.is(network.refusals.length, relayed.length);
    assert.ok(network.refusals.every(({ reason }) => reason === 'integrityFailure'));
  });
}

test('integrity alone is not agreed where one policy wants encryption', () => {
  const policy = policyWith(protection(hmac64, none));
  const network = connectedWith('CPNS-3', { pne: { policy } });
  assert.equal(refusedAt(network, 'server'), ['mechanismNotSupported']);
  assert.equal(agreedOn(network, 'CPNS-3'), []);
});

test('each direction has the mechanism that was agreed for it', () => {
  const policy = policyWith(protection(tag128, aesCcm128), protection(hmac64, none));
  const network = connectedWith('CPNS-3', { pne: { policy }, server: { policy } });
  assert.equal(recordAlgorithms(network, 'CPNS-3'), [Algorithm.AES_CCM_16_128_128, Algorithm.HMAC_256_64]);
  const relayed = { server: '', gateway: '' };
  network.relay = (message, towards) => {
    relayed[towards] += String.fromCharCode(...message);
    return [message];
  };
  assertWorks(network);
  assert.not.ok(relayed.server.includes('reading'));
  assert.ok(relayed.gateway.includes('content'));
});

test.run();
