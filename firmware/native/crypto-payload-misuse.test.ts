// SPDX-License-Identifier: Apache-2.0

/** What scripts may do to a codec that looks at the engine's slots. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { nativePayloads, type PayloadNatives } from '../../src/payload/native.ts';
import { Reason, type ReasonName, Refusal, refuse } from '../../src/refusal.ts';
import { heapStatistics } from '../platform/heap.ts';
import { bindPayloadNatives } from '../platform/payload.ts';

const ROUNDS = 1_000;
/** The first call makes what later ones use again. */
heapStatistics();

const misuse = suite('misuse of payloads in C');
const natives = bindPayloadNatives();
/** As a caller sees them that TypeScript does not hold back. */
const untyped = natives as unknown as Record<keyof PayloadNatives, (...values: unknown[]) => unknown>;
const codec = nativePayloads(natives);
const encode = (value: unknown) => codec.encode(value);
const decode = (payload: Uint8Array) => codec.decode(payload);

/** Of a later standard than the types here. */
const Resizable = ArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => ArrayBuffer & { resize(length: number): void };

/** The next payload is as good as ever. */
misuse.after.each(() => {
  assert.equal(decode(encode({ a: [1, 'b'] })), { a: [1, 'b'] });
});

misuse('a getter is refused, and does not run', () => {
  let runs = 0;
  const get = () => {
    runs += 1;
    return 1;
  };
  const array: unknown[] = [0, 1, 2];
  Object.defineProperty(array, 1, { get, enumerable: true });
  const indexed = { b: 1 };
  Object.defineProperty(indexed, 7, { get, enumerable: true });
  const named = Object.defineProperty({ b: 1 }, 'a', { get, enumerable: true });
  for (const value of [named, [named], array, indexed]) refuses('wrongType', () => encode(value));
  assert.is(runs, 0);
});

misuse('a getter that is hidden is none of the value', () => {
  const value = Object.defineProperty({ b: 1 }, 'a', { get: () => assert.unreachable() });
  assert.is(toHex(encode(value)), 'a1616201');
});

misuse('a proxy is refused, and asks nobody', () => {
  const traps = new Proxy({}, { get: () => assert.unreachable() });
  for (const target of [{}, [], () => 0, new Uint8Array(1)]) {
    const proxy = new Proxy(target, traps);
    refuses('wrongType', () => encode(proxy));
    refuses('wrongType', () => encode([proxy]));
  }
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  refuses('wrongType', () => encode(revoked.proxy));
});

misuse('a cycle is refused', () => {
  const object: Record<string, unknown> = {};
  object.self = object;
  const array: unknown[] = [object];
  array.push(array);
  for (const value of [object, array]) refuses('tooDeep', () => encode(value));
});

misuse('what looks like an object and is more is refused', () => {
  for (const value of [
    new Date(0),
    Object('text'),
    Object(1),
    new Map(),
    new ArrayBuffer(1),
    argumentsOf(1),
  ]) {
    Object.setPrototypeOf(value, Object.prototype);
    refuses('wrongType', () => encode(value));
  }
  refuses('wrongType', () => encode(Object.create(Uint8Array.prototype)));
  refuses('wrongType', () => encode(Object.create(Array.prototype)));
});

misuse('an array that claims to be longer than it is has nothing behind its end', () => {
  const array = [1];
  array.length = 3;
  assert.is(toHex(encode(array)), '8301f7f7');
  array.length = 2 ** 32 - 1;
  refuses('tooLong', () => encode(array));
});

misuse('functions of scripts in the way do not run', () => {
  const array = Object.assign([1, 2], { [Symbol.iterator]: () => assert.unreachable() });
  assert.is(toHex(encode(array)), '820102');
  const object = { toJSON: undefined, valueOf: 1 };
  assert.is(toHex(encode(object)), 'a266746f4a534f4ef76776616c75654f6601');
  Object.defineProperty(Object.prototype, 'trap', { set: () => assert.unreachable(), configurable: true });
  Object.defineProperty(Array.prototype, 0, { set: () => assert.unreachable(), configurable: true });
  try {
    const object = decode(fromHex('a2647472617081016130f5')) as Record<string, unknown>;
    assert.equal(Object.entries(object), [
      ['0', true],
      ['trap', [1]],
    ]);
  } finally {
    Reflect.deleteProperty(Object.prototype, 'trap');
    Reflect.deleteProperty(Array.prototype, 0);
  }
});

misuse('arguments of other kinds are thrown back', () => {
  const bytes = Uint8Array.of(1);
  for (const call of [
    () => untyped.encode(),
    () => untyped.decode(),
    () => untyped.decode(bytes),
    () => untyped.decode('text', refuse),
    () => untyped.decode([1], refuse),
    () => untyped.decode(new Uint16Array(1), refuse),
    () => untyped.decode({ length: 4, byteLength: 4 }, refuse),
    () => untyped.decode(new Uint8Array(0), undefined),
    () => untyped.decode(new Uint8Array(0), {}),
  ]) {
    assert.throws(call, (error: unknown) => error instanceof TypeError);
  }
  assert.is(untyped.decode(bytes, undefined), 1);
});

misuse('a value that is none goes to the object whose method encodes it', () => {
  const asked: number[] = [];
  const object = { encode: untyped.encode, refuse: (reason: number) => void asked.push(reason) };
  assert.is(object.encode(misuse), undefined);
  assert.equal(asked, [Reason.wrongType]);
  assert.is(toHex(natives.encode.call(undefined as never, 1)), '01');
  for (const other of [undefined, null, {}, { refuse: 1 }])
    assert.throws(
      () => natives.encode.call(other as never, misuse),
      (error: unknown) => error instanceof TypeError,
    );
});

misuse('readings and names of other kinds are thrown back', () => {
  const names = fromHex('82066174');
  const payloads = [fromHex('a1617401')];
  const detached = { length: 1, 0: 1 };
  for (const call of [
    () => untyped.pack(),
    () => untyped.pack(5, 0, payloads, names),
    () => untyped.pack(5, 0, payloads[0], names, 1),
    () => untyped.pack(5, 0, 'text', names, 1),
    () => untyped.pack(5, 0, detached, names, 1),
    () => untyped.pack(5, 0, ['text'], names, 1),
    () => untyped.pack(5, 0, new Array(1), names, 1),
    () => untyped.pack(5, 0, payloads, 'text', 1),
    () => untyped.withNames(names),
    () => untyped.withNames(names, [1]),
    ...[
      '',
      '81',
      '8206',
      '820661',
      '82067800',
      '8206f5',
      '820641ff',
      '8306' + '6174',
      '82066174' + '00',
      '9f06ff',
    ].flatMap((hex) => [
      () => untyped.pack(5, 0, payloads, fromHex(hex), 1),
      () => untyped.withNames(fromHex(hex), payloads),
    ]),
  ]) {
    assert.throws(call, (error: unknown) => error instanceof TypeError);
  }
  for (const call of [
    () => untyped.pack(-1, 0, payloads, names, 1),
    () => untyped.pack(5, 0.5, payloads, names, 1),
    () => untyped.pack(5, 0, payloads, names, 25),
    () => untyped.pack(5, 0, new Array(33).fill(payloads[0]), names, 1),
  ]) {
    assert.throws(call, (error: unknown) => error instanceof RangeError);
  }
  assert.is(toHex(natives.pack(5, 0, payloads, names, 1)!), '830500a10001');
});

misuse('readings are where their views say, and none is of memory that is gone', () => {
  const names = fromHex('82066174');
  const pack = (...readings: Uint8Array[]) => toHex(natives.pack(5, 0, readings, names, 0)!);
  const buffer = new Resizable(6, { maxByteLength: 6 });
  const [following, fixed] = [new Uint8Array(buffer, 2), new Uint8Array(buffer, 2, 4)];
  new Uint8Array(buffer).set(fromHex('ffffa1617401'));
  const part = fromHex('ffa1617401ff').subarray(1, 5);
  for (const view of [part, following, fixed]) assert.is(pack(view, part), '84050044a161740144a1617401');
  buffer.resize(5);
  assert.is(pack(following), '83050043a16174');
  assert.throws(
    () => pack(part, fixed),
    (error: unknown) => error instanceof TypeError,
  );
});

misuse('a message of readings is not longer than what is in it', () => {
  const message = natives.pack(5, 0, [fromHex('a1617401')], fromHex('82066174'), 1)!;
  assert.is(message.length, 6);
  assert.equal(Object.keys(message), ['0', '1', '2', '3', '4', '5']);
});

misuse('what `refuse` does is up to its owner', () => {
  const empty = new Uint8Array(0);
  assert.is(natives.decode(empty, (() => 7) as unknown as () => never), undefined);
  const asked = (): never => {
    throw new Error('asked');
  };
  assert.throws(() => natives.decode(empty, asked), /asked/);
  const again = (): never => {
    natives.decode(empty, refuse);
    throw new Error('not refused');
  };
  refuses('truncated', () => natives.decode(empty, again));
});

misuse(`${ROUNDS} payloads leave not one byte more than 100 do`, () => {
  const value = {
    text: 'é\0\u{1f510}',
    long: 'x'.repeat(300),
    bytes: new Uint8Array(30),
    list: [1.5, [2], {}],
    7: -1,
  };
  const payload = encode(value);
  const pass = (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      assert.is(toHex(encode(decode(payload))), toHex(payload));
      refuses('trailingBytes', () => decode(fromHex('0000')));
      refuses('wrongType', () => encode([value, () => 0]));
    }
  };
  pass(100);
  const before = heapStatistics().usedBytes;
  pass(ROUNDS / 10);
  const between = heapStatistics().usedBytes;
  assert.is(between, before);
  pass(ROUNDS - ROUNDS / 10);
  assert.is(heapStatistics().usedBytes, before);
});

function argumentsOf(..._values: number[]): object {
  // biome-ignore lint/complexity/noArguments: this is about them.
  return arguments;
}

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: unknown) => error instanceof Refusal && error.reasonName === reason);
}

misuse.run();
