// SPDX-License-Identifier: Apache-2.0

/** Test code: what every engine behind the key-value contract has to do. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../../node-limits.ts';
import { until } from '../listener.testing.ts';
import type { Changes, KeyValueStore } from './store.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = (value: Uint8Array) => String.fromCharCode(...value);
const put = (key: string, value: string) => ({ key: bytes(key), value: bytes(value) });

/** `create` makes an empty one each time. */
export function testConformance(name: string, create: () => KeyValueStore | Promise<KeyValueStore>): void {
  const test = suite(`key-value store, ${name}`);

  function testStore(behaviour: string, run: (store: KeyValueStore) => Promise<void>): void {
    test(behaviour, async () => {
      const store = await create();
      await run(store).finally(() => store.close());
    });
  }

  async function contentOf(store: KeyValueStore, key: string): Promise<string | undefined> {
    const entry = await store.get(bytes(key));
    return entry && text(entry.value);
  }

  testStore('what is put is there, of that version; what is deleted is not', async (store) => {
    assert.is(await store.get(bytes('a')), undefined);
    const version = await store.commit({ puts: [put('a', '1'), put('b', '')] });
    assert.equal(await store.get(bytes('a')), { ...put('a', '1'), version });
    assert.equal(await store.get(bytes('b')), { ...put('b', ''), version });
    await store.commit({ puts: [put('c', '3')], deletes: [bytes('a'), bytes('no such key')] });
    assert.equal([await contentOf(store, 'a'), await contentOf(store, 'c')], [undefined, '3']);
  });

  testStore('no version comes twice, not even where an entry has been away', async (store) => {
    const versions = new Set<number | undefined>();
    for (let round = 0; round < 20; round += 1) {
      versions.add(await store.commit({ puts: [put('a', 'same')] }));
      await store.commit({ deletes: [bytes('a')] });
    }
    assert.is(versions.size, 20);
    for (const version of versions) assert.ok(Number.isSafeInteger(version) && version! > 0);
  });

  for (const wrong of [0, 1, 2]) {
    testStore(`where expectation ${wrong} of three is not met nothing changes`, async (store) => {
      const version = await store.commit({ puts: [put('a', '1'), put('b', '2')] });
      const expected = [
        { key: bytes('a'), version },
        { key: bytes('b'), version },
        { key: bytes('c'), version: undefined },
      ];
      const changes: Changes = { puts: [put('a', '9'), put('d', '9')], deletes: [bytes('b')] };
      const broken = expected.map((each, index) =>
        index !== wrong ? each : { ...each, version: each.version === undefined ? version : version! + 1 },
      );
      assert.is(await store.commit({ ...changes, expected: broken }), undefined);
      const values = ['a', 'b', 'd'].map((key) => contentOf(store, key));
      assert.equal(await Promise.all(values), ['1', '2', undefined]);
      assert.is.not(await store.commit({ ...changes, expected }), undefined);
      assert.equal([await contentOf(store, 'a'), await contentOf(store, 'b')], ['9', undefined]);
    });
  }

  testStore(
    'an entry that was expected away and is there, or the other way round, is a conflict',
    async (store) => {
      const changes = { puts: [put('x', '1')] };
      assert.is(await store.commit({ ...changes, expected: [{ key: bytes('a'), version: 7 }] }), undefined);
      await store.commit({ puts: [put('a', '1')] });
      assert.is(
        await store.commit({ ...changes, expected: [{ key: bytes('a'), version: undefined }] }),
        undefined,
      );
      assert.is(await contentOf(store, 'x'), undefined);
    },
  );

  testStore('of commits that expect the same one takes place', async (store) => {
    const first = await store.commit({ puts: [put('a', '0')] });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.commit({ expected: [{ key: bytes('a'), version: first }], puts: [put('a', `by ${index}`)] }),
      ),
    );
    const winners = all.flatMap((version, index) => (version === undefined ? [] : [index]));
    assert.is(winners.length, 1);
    assert.is(await contentOf(store, 'a'), `by ${winners[0]}`);
  });

  testStore('counters that many raise at once, each in its own commits, lose nothing', async (store) => {
    const raise = async (): Promise<void> => {
      const entry = await store.get(bytes('count'));
      const value = String(Number(entry ? text(entry.value) : 0) + 1);
      const expected = [{ key: bytes('count'), version: entry?.version }];
      if ((await store.commit({ expected, puts: [put('count', value)] })) === undefined) await raise();
    };
    const worker = async () => {
      for (let round = 0; round < 10; round += 1) await raise();
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    assert.is(await contentOf(store, 'count'), '40');
  });

  testStore('a range has the entries of its prefix, in the order of bytes, and goes on', async (store) => {
    const keys = ['a', 'b', 'b\0', 'b\x01', 'b\xff', 'b\xff\xff', 'bb', 'c'];
    await store.commit({ puts: keys.reverse().map((key) => put(key, key)) });
    const keysOf = async (prefix: string, limit: number, after?: string) =>
      (await store.range(bytes(prefix), limit, after === undefined ? undefined : bytes(after))).map(
        ({ key }) => text(key),
      );
    assert.equal(await keysOf('b', 10), ['b', 'b\0', 'b\x01', 'bb', 'b\xff', 'b\xff\xff']);
    assert.equal(await keysOf('b', 2), ['b', 'b\0']);
    assert.equal(await keysOf('b', 2, 'b\0'), ['b\x01', 'bb']);
    assert.equal(await keysOf('b\xff', 10), ['b\xff', 'b\xff\xff']);
    assert.equal(await keysOf('b', 10, 'b\xff\xff'), []);
    assert.equal(await keysOf('d', 10), []);
    const [first] = await store.range(bytes('a'), 1);
    assert.equal(first, await store.get(bytes('a')));
  });

  testStore('keys and values of any bytes, as long as they may be', async (store) => {
    const longest = {
      key: new Uint8Array(NodeLimits.storeMaxKeyBytes).fill(0xff),
      value: new Uint8Array(65_536),
    };
    const least = { key: Uint8Array.of(0), value: Uint8Array.of(0, 0xff) };
    const version = await store.commit({ puts: [longest, least] });
    assert.equal(await store.get(longest.key), { ...longest, version });
    assert.equal(await store.get(least.key), { ...least, version });
    const everything = await store.range(new Uint8Array(0), 10);
    assert.equal(
      everything.map(({ key }) => key.length),
      [1, 511],
    );
  });

  testStore('what is longer, and an empty key, are refused with all that comes with them', async (store) => {
    const { storeMaxKeyBytes, storeMaxValueBytes } = NodeLimits;
    const bad = [
      { key: new Uint8Array(storeMaxKeyBytes + 1), value: bytes('x') },
      { key: bytes('b'), value: new Uint8Array(storeMaxValueBytes + 1) },
      { key: new Uint8Array(0), value: bytes('x') },
    ];
    for (const one of bad) {
      const outcome = await store
        .commit({ puts: [put('a', '1'), one] })
        .catch((error: Error) => error.message);
      assert.match(String(outcome), /tooLong|badArgument/);
    }
    assert.is(await contentOf(store, 'a'), undefined);
  });

  testStore(
    'what it returned does not change with what is committed later, nor with the input',
    async (store) => {
      const value = bytes('before');
      await store.commit({ puts: [{ key: bytes('a'), value }] });
      value.fill(0);
      const found = await store.get(bytes('a'));
      await store.commit({ puts: [put('a', 'behind')] });
      for (let round = 0; round < 50; round += 1) await store.get(bytes('a'));
      assert.is(text(found!.value), 'before');
    },
  );

  testStore('a watch is told of its entry alone, until it is closed', async (store) => {
    let told = 0;
    const watch = await store.watch(bytes('a'), () => {
      told += 1;
    });
    await store.commit({ puts: [put('a', '1')] });
    await until(() => told === 1, 'a put');
    await store.commit({ puts: [put('b', '1'), put('aa', '1')] });
    await store.commit({ deletes: [bytes('a')] });
    await until(() => told === 2, 'a delete');
    watch.close();
    watch.close();
    await store.commit({ puts: [put('a', '2')] });
    await new Promise((resolve) => setTimeout(resolve, 2 * NodeLimits.storePollMs));
    assert.is(told, 2);
  });

  test('closing waits for commits that are under way', async () => {
    const store = await create();
    const committing = store.commit({ puts: [put('a', '1')] });
    await store.close();
    assert.is.not(await committing, undefined);
  });

  test('what is asked when it closes, or is closed, is refused and ends no process', async () => {
    const store = await create();
    await store.commit({ puts: [put('a', '1')] });
    await store.get(bytes('a'));
    const closing = store.close();
    await refusesAll(store);
    await closing;
    await refusesAll(store);
    // lmdb would throw out of a timer.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  async function refusesAll(store: KeyValueStore): Promise<void> {
    const outcomes = await Promise.allSettled([
      store.get(bytes('a')),
      store.range(bytes('a'), 1),
      store.commit({ puts: [put('a', '2')] }),
      store.watch(bytes('a'), () => {}),
    ]);
    for (const outcome of outcomes) {
      assert.is(outcome.status, 'rejected');
      assert.match((outcome as PromiseRejectedResult).reason.message, /storeFailed .* closed/);
    }
  }

  test.run();
}
