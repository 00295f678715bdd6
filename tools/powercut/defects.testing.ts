// SPDX-License-Identifier: Apache-2.0

/** Test code: defects of the store, as changes of its sources, and which scenario finds each. */
import type { Change } from '../chaos/defects.testing.ts';

export interface StoreDefect {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly scenario: string;
  readonly finding: RegExp;
}

const STORE = 'src/store/sealed-store.ts';

export const DEFECTS: readonly StoreDefect[] = [
  {
    name: 'the head is written before the records that it speaks of',
    changes: [
      {
        file: STORE,
        from: `      writeBeside(next, places, records);
      if (!equalBytes(next, head)) writeHead(next);`,
        to: `      if (!equalBytes(next, head)) writeHead(next);
      writeBeside(next, places, records);`,
      },
    ],
    scenario: 'store',
    finding: /storeFailed|neither old nor new/,
  },
  {
    name: 'the head is not written',
    changes: [{ file: STORE, from: '      medium.write(HEAD, sealed);\n', to: '' }],
    scenario: 'store',
    finding: /made and not stored/,
  },
  {
    name: 'a record is written over the one that it replaces',
    changes: [{ file: 'src/store/place.ts', from: "version & 1 ? 'a' : 'b'", to: "version < 0 ? 'a' : 'b'" }],
    scenario: 'store',
    finding: /sealStale|sealMissing|neither old nor new/,
  },
  {
    name: 'a record that is stale is accepted, and written over the one that it replaces',
    changes: [
      { file: 'src/store/place.ts', from: "version & 1 ? 'a' : 'b'", to: "version < 0 ? 'a' : 'b'" },
      {
        file: STORE,
        from: 'if (versionOf(bytes) === (entry & VERSION)) return record;',
        to: 'return record;',
      },
      { file: STORE, from: '      medium.remove(nameOf(place, entry + 1));\n', to: '' },
    ],
    scenario: 'store',
    finding: /neither old nor new/,
  },
  {
    name: 'the former record goes before the head says so',
    changes: [
      {
        file: STORE,
        from: '      if (!equalBytes(next, head)) writeHead(next);',
        to: `      places.forEach((place) => medium.remove(nameOf(place, head[ENTRIES + place]!)));
      if (!equalBytes(next, head)) writeHead(next);`,
      },
    ],
    scenario: 'store',
    finding: /sealMissing|neither old nor new/,
  },
  {
    name: 'what does not count is left where it is',
    changes: [
      {
        file: STORE,
        from: '  for (let place = 0; place < PLACES; place++) tidy(place);\n',
        to: '',
      },
    ],
    scenario: 'store',
    finding: /is not tidy/,
  },
  {
    name: 'the boot counter is used before it is stored',
    changes: [{ file: 'src/delivery/boot.ts', from: '    store.write(epoch);\n', to: '    void store;\n' }],
    scenario: 'resumption',
    finding: /boot that its store does not/,
  },
  {
    name: 'what a device is told when it joins is kept in several changes',
    changes: [
      {
        file: 'src/roles/pne-membership.ts',
        from: '  store.change(changes);\n',
        to: '  for (const each of changes) store.change([each]);\n',
      },
    ],
    scenario: 'onboarding',
    finding: /notProvisioned|has not joined/,
  },
  {
    name: 'a key that is taken away stays in the store',
    changes: [
      {
        file: 'src/roles/pne-key-store.ts',
        from: '    this.store.remove(purpose, index);\n',
        to: '    void this.store, purpose, index;\n',
      },
    ],
    scenario: 'revocation',
    finding: /the device has epoch \d, the server undefined/,
  },
];
