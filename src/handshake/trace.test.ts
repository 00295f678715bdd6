// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import trace1 from '../../tools/vectors/edhoc-rfc9529/trace1_method0_suite0_x5t.json';
import trace2 from '../../tools/vectors/edhoc-rfc9529/trace2_method3_suite2_kid.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborWriter } from '../cbor/writer.ts';
import { Curve } from '../crypto/curves.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import { type Credential, ccsCredential, certificateCredential } from './credential.ts';
import { decodeError, errorFor, isError } from './error-message.ts';
import type { Established } from './established.ts';
import { encodeIdentifier } from './identifier.ts';
import { createInitiator } from './initiator.ts';
import { decodeMessage1, encodeMessage1 } from './message-1.ts';
import { createRecordingProvider, type RecordingProvider } from './recording-provider.testing.ts';
import { createResponder } from './responder.ts';
import { writeSuites } from './suite.ts';
import { outcome } from './test-fixture.ts';

/** RFC 9529, both traces through the real Initiator and Responder. */
const test = suite('RFC 9529 traces');

interface Entry {
  readonly section: string;
  readonly name: string;
  readonly kind: string | null;
  readonly hex: string;
}

interface Trace {
  readonly vectors: readonly Entry[];
}

interface Parameters {
  readonly method: number;
  readonly initiatorSuites: readonly number[];
  readonly suite: number;
  readonly authenticationCurve: number;
  credential(provider: RecordingProvider, end: 'I' | 'R', trace: Trace): Credential;
}

interface Outcome {
  readonly initiator: RecordingProvider;
  readonly responder: RecordingProvider;
}

function valuesOf(trace: Trace, name: string): string[] {
  return trace.vectors.filter((entry) => entry.name === name).map(({ hex }) => hex);
}

function first(trace: Trace, name: string): Uint8Array {
  return fromHex(valuesOf(trace, name)[0]!);
}

function last(trace: Trace, name: string): string {
  const all = valuesOf(trace, name);
  return all[all.length - 1]!;
}

function createEnd(trace: Trace, end: 'I' | 'R', parameters: Parameters, ephemeral: readonly string[]) {
  const inner = createNobleProvider(() => assert.unreachable('a trace has no randomness'));
  const provider = createRecordingProvider(inner, ephemeral);
  const privateKey = provider.privateKey(parameters.authenticationCurve, first(trace, `SK_${end}`));
  const credential = parameters.credential(provider, end, trace);
  // Trace 2 offers suite 6 first, for which its Initiator would need a key on X25519.
  const spare = { credential, privateKey: inner.privateKey(Curve.X25519, new Uint8Array(32).fill(1)) };
  return { provider, credential, identities: [{ credential, privateKey }, spare] };
}

/** Runs the whole trace and returns what each end saw. */
function run(trace: Trace, parameters: Parameters): Outcome {
  const here = createEnd(trace, 'I', parameters, [last(trace, 'X')]);
  const there = createEnd(trace, 'R', parameters, [last(trace, 'Y')]);
  const initiator = createInitiator({
    ...here,
    method: parameters.method,
    suites: parameters.initiatorSuites,
  });
  const responder = createResponder({
    ...there,
    methods: [parameters.method],
    suites: [parameters.suite],
  });
  const sent = (bytes: Uint8Array, name: string) => assert.is(toHex(bytes), last(trace, name), name);

  const request = { connectionId: fromHex(last(trace, 'C_I')), suite: parameters.suite };
  const waiting = initiator.start(request);
  sent(waiting.message, 'message_1');
  const received = responder.receive(waiting.message);
  const answer = received.respond({ connectionId: first(trace, 'C_R') });
  sent(answer.message, 'message_2');
  const verifiedResponder = waiting.receive(answer.message).verify(there.credential);
  const unconfirmed = verifiedResponder.finish();
  sent(unconfirmed.message, 'message_3');
  const answered = answer.receive(unconfirmed.message).verify(here.credential).answer();
  sent(answered.message, 'message_4');
  const { established } = unconfirmed.receive(answered.message);

  for (const [end, own, peer] of [
    [established, 'Client', 'Server'],
    [answered.established, 'Server', 'Client'],
  ] as const) {
    exportAll(trace, end, own, peer);
  }
  return { initiator: here.provider, responder: there.provider };
}

function exportAll(trace: Trace, end: Established, own: string, peer: string): void {
  const context = end.securityContext();
  assert.is(toHex(context.senderId), last(trace, `${own}'s OSCORE Sender ID`));
  assert.is(toHex(context.recipientId), last(trace, `${peer}'s OSCORE Sender ID`));
  assert.is(toHex(context.masterSalt), last(trace, 'OSCORE Master Salt'));
  const updated = end.updateKey(first(trace, 'context for KeyUpdate'));
  assert.is(toHex(updated.securityContext().masterSalt), last(trace, 'OSCORE Master Salt after KeyUpdate'));
}

/** Checked by name: what messages carry beside what was computed. */
const FIELDS = ['METHOD', 'SUITES_I', 'C_I', 'error', 'message_1', 'message_2', 'message_3', 'message_4'];
/** Entries that say nothing: an empty sequence is part of everything. */
const EMPTY = ['EAD_1', 'EAD_2', 'EAD_3', 'EAD_4', 'PLAINTEXT_4'];
/** Sides of the other end, and the first message_1 of trace 2. */
const isForeign = ({ section, name }: Entry, secrets: readonly string[]) =>
  secrets.includes(name) || section.includes('first time');

/** Asserts that an end computed every entry, as it is or as a byte string; returns how many there were. */
function countComputed(trace: Trace, values: ReadonlySet<string>, secrets: readonly string[]): number {
  const seen = new Set([...values, last(trace, 'message_2')]);
  const wrapped = new Set([...seen].map((hex) => toHex(new CborWriter().byteString(fromHex(hex)).finish())));
  const entries = trace.vectors.filter((entry) => !isForeign(entry, secrets));
  const computed = entries.filter(({ name }) => !FIELDS.includes(name) && !EMPTY.includes(name));
  for (const { section, name, kind, hex } of computed) {
    const isComputed = seen.has(hex) || wrapped.has(hex) || occursWithin(seen, name, hex);
    assert.ok(isComputed, `${section}: ${name} (${kind})`);
  }
  return computed.length;
}

/** What only occurs inside what is hashed, expanded or encrypted: credentials, contexts, signatures. */
function occursWithin(seen: ReadonlySet<string>, name: string, hex: string): boolean {
  const parts = ['CRED', 'C_R', 'context', 'Signature_or_MAC', 'Sender ID', 'TEXT_2', '-coordinate'];
  return parts.some((part) => name.includes(part)) && [...seen].some((value) => value.includes(hex));
}

const TRACE_1: Parameters = {
  method: 0,
  initiatorSuites: [0],
  suite: 0,
  authenticationCurve: Curve.Ed25519,
  credential: (provider, end, trace) =>
    certificateCredential(provider, first(trace, `CRED_${end}`), {
      curve: Curve.Ed25519,
      publicKey: first(trace, `PK_${end}`),
    }),
};

const TRACE_2: Parameters = {
  method: 3,
  initiatorSuites: [6, 2],
  suite: 2,
  authenticationCurve: Curve.P256,
  credential: (_provider, end, trace) => ccsCredential(first(trace, `CRED_${end}`)),
};

/** What only one end has. The peer takes its G_X or G_Y as x alone. */
const X_SECRETS = ['X', 'SK_I', 'G_X (y-coordinate)'];
const Y_SECRETS = ['Y', 'SK_R', 'G_Y (y-coordinate)'];

for (const [name, trace, parameters, computed] of [
  ['trace 1: method 0, suite 0, x5t', trace1, TRACE_1, 81],
  ['trace 2: method 3, suite 2, kid', trace2, TRACE_2, 86],
] as const) {
  test(`${name}: both ends compute every value`, () => {
    const { initiator, responder } = run(trace, parameters);
    assert.is(countComputed(trace, initiator.values, Y_SECRETS), computed);
    assert.is(countComputed(trace, responder.values, X_SECRETS), computed);
  });

  test(`${name}: fields of messages`, () => {
    const decoded = decodeMessage1(fromHex(last(trace, 'message_1')), []);
    assert.is(decoded.method, parameters.method);
    assert.is(toHex(writeSuites(new CborWriter(), decoded.suites).finish()), last(trace, 'SUITES_I'));
    assert.is(toHex(encodeIdentifier(decoded.cI)), last(trace, 'C_I'));
    assert.is(decoded.ead1.bytes.length, 0);
    for (const empty of EMPTY) assert.ok(valuesOf(trace, empty).every((hex) => hex === ''));
  });
}

test('trace 2: the first message_1 is answered by SUITES_R', () => {
  const bytes = first(trace2, 'message_1');
  const message = decodeMessage1(bytes, []);
  assert.equal(message.suites, [6]);
  assert.is(toHex(encodeMessage1(message, [])), toHex(bytes));
  // The trace's G_X lies on P-256, although suite 6 is X25519's.
  const provider = createNobleProvider(() => assert.unreachable());
  const key = provider.privateKey(Curve.P256, first(trace2, 'X'));
  assert.is(toHex(key.publicKey.subarray(0, 32)), toHex(message.gX));
  const there = createEnd(trace2, 'R', TRACE_2, []);
  const responder = createResponder({ ...there, methods: [3], suites: [2] });
  assert.is(
    outcome(() => responder.receive(bytes)),
    'suiteNotSupported',
  );
  assert.is(toHex(errorFor('suiteNotSupported', [2])), last(trace2, 'error'));
  assert.ok(isError(fromHex('0202')));
  assert.equal(decodeError(fromHex('0202')), { code: 2, suitesR: [2] });
});

test('sizes: 37 + 45 + 19 = 101 bytes with method 3, suite 2 and kid, and 9 for message_4', () => {
  const sizes = ['message_2', 'message_3', 'message_4'].map((name) => last(trace2, name).length / 2);
  // message_1 has 37 bytes where the preferred suite is selected; the trace's second has 39.
  assert.equal([first(trace2, 'message_1').length, ...sizes], [37, 45, 19, 9]);
});

test.run();
