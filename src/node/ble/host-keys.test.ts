// SPDX-License-Identifier: Apache-2.0

/** One bond, and one key of it, whatever a crash leaves of our files and ble-host's. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CRASHES, Crash, CrashingFiles, type CrashKind } from '../../../tools/powercut/crashing-files.ts';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { openBondFiles } from './bond-files.ts';
import { Bonds, type Peer } from './bonds.ts';
import { putHostKeysRight } from './host-keys.ts';

const test = suite('node/ble/host-keys');

const OWN: Peer = { addressType: 'random', address: 'C0:00:00:00:00:01' };
const FOLDER = 'NodeBleLib-storage-dir/01-C0-00-00-00-00-01/bonds';
const PEERS = [2, 3].map((n): Peer => ({ addressType: 'random', address: `C0:00:00:00:00:0${n}` }));
const ROW = 'bonds/random-C00000000002.json';
const KEYS = `${FOLDER}/01-C0-00-00-00-00-02/keys.json`;

/** What a device does to its bonds, one after the other, and what its peers' keys are then. */
const HISTORY: readonly { readonly act: (device: Device) => void; readonly keys: readonly string[] }[] = [
  { act: () => undefined, keys: ['', ''] },
  { act: (device) => device.pair(0, 1), keys: ['1', ''] },
  { act: (device) => device.pair(1, 2), keys: ['1', '2'] },
  { act: (device) => device.forget(0), keys: ['', '2'] },
  { act: (device) => device.pair(0, 3), keys: ['3', '2'] },
  { act: (device) => device.pair(1, 4), keys: ['3', '4'] },
];

/** One start of a device, with ble-host played by the test: it writes in place and syncs nothing. */
class Device {
  readonly lines: readonly string[];
  readonly bonds: Bonds;
  private readonly files: CrashingFiles;

  constructor(files: CrashingFiles) {
    this.files = files;
    this.bonds = new Bonds(openBondFiles('bonds', files), 9);
    this.lines = putHostKeysRight(files, OWN, this.bonds);
  }

  pair(number: number, key: number): void {
    const bytes = new Uint8Array(16).fill(key);
    const bond = { ...PEERS[number]!, authenticated: true };
    this.bonds.expect(bond);
    this.bonds.addTentatively(bond, bytes);
    this.files.write(this.keysFile(number), hostText(toHex(bytes)));
    this.bonds.add(bond, bytes);
  }

  forget(number: number): void {
    this.bonds.remove(PEERS[number]!);
    this.files.remove(this.keysFile(number));
  }

  /** Checks that bonds and ble-host agree. Returns the keys of all peers, a digit each, none without. */
  agreedKeys(): string[] {
    return PEERS.map((peer, number) => {
      const key = this.bonds.keyOf(peer);
      assert.equal(hostKey(this.files.read(this.keysFile(number))), key);
      return key === undefined ? '' : String(key[0]);
    });
  }

  private keysFile(number: number): string {
    return `${FOLDER}/01-${PEERS[number]!.address.replaceAll(':', '-')}/keys.json`;
  }
}

test('a crash at any step leaves each bond as before or as wanted, and ble-host with the same key', () => {
  let cuts = 0;
  for (const kind of CRASHES) {
    for (let cut = 0; ; cut += 1) {
      const files = new CrashingFiles();
      const reached = liveUntil(files, cut);
      if (reached === undefined) break;
      files.restart(kind);
      expectOneOf(reached, new Device(files).agreedKeys());
      cuts += 1;
    }
  }
  assert.ok(cuts > 100, `${cuts}`);
});

test('a crash while ble-host has its keys put right is mended by the next start, and pairing goes on', () => {
  for (const kind of CRASHES) {
    for (let cut = 0; ; cut += 1) {
      const reached = liveUntil(new CrashingFiles(), cut);
      if (reached === undefined) break;
      for (let second = 0; restartsAt(kind, cut, second, reached); second += 1);
    }
  }
});

test('a key file that is empty, torn or lost costs no bond, and one line says so', () => {
  for (const damage of ['', '{"mitm":true,"sc"', undefined]) {
    const files = paired();
    if (damage === undefined) files.remove(KEYS);
    else files.write(KEYS, damage);
    const device = new Device(files);
    assert.equal(device.agreedKeys(), ['1', '']);
    assert.equal(device.lines, [
      'C0:00:00:00:00:02: ble-host had lost the key of its bond, and has it again',
    ]);
  }
});

test('a row that is empty, torn, without a key or lost is no bond, nor is the key, and one line says so', () => {
  const keyless = '{"addressType":"random","address":"C0:00:00:00:00:02","authenticated":true,"order":0}';
  for (const damage of ['', '{"addressType"', keyless, undefined]) {
    const files = paired();
    if (damage === undefined) files.remove(ROW);
    else files.write(ROW, damage);
    const device = new Device(files);
    assert.equal(device.agreedKeys(), ['', '']);
    const unreadable = 'random-C00000000002: its bond cannot be read, it pairs anew';
    const other = '01-C0-00-00-00-00-02: ble-host had a key without a bond, it pairs anew';
    assert.equal(device.lines, damage === undefined ? [other] : [unreadable, other]);
  }
});

test('where nothing was forgotten nothing is written and nothing said', () => {
  const files = paired();
  files.crashAfter(0);
  assert.equal(new Device(files).lines, []);
});

test.run();

/** Lives the history until the crash, and returns which of its steps was cut; undefined where none was. */
function liveUntil(files: CrashingFiles, cut: number): number | undefined {
  files.crashAfter(cut);
  let reached = 0;
  try {
    const device = new Device(files);
    for (const { act } of HISTORY) {
      act(device);
      reached += 1;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return reached;
  }
}

function expectOneOf(reached: number, keys: readonly string[]): void {
  const allowed = [HISTORY[Math.max(reached - 1, 0)]!.keys, HISTORY[reached]!.keys];
  assert.ok(
    allowed.some((each) => each.join() === keys.join()),
    `step ${reached}: ${keys}`,
  );
}

/** Crashes twice, the second time in the start after the first; returns whether the second crash came. */
function restartsAt(kind: CrashKind, cut: number, second: number, reached: number): boolean {
  const files = new CrashingFiles();
  liveUntil(files, cut);
  files.restart(kind);
  files.crashAfter(second);
  const isCut = !starts(files);
  files.restart(kind);
  const device = new Device(files);
  expectOneOf(reached, device.agreedKeys());
  device.pair(0, 9);
  assert.is(new Device(files).agreedKeys()[0], '9');
  return isCut;
}

function starts(files: CrashingFiles): boolean {
  try {
    new Device(files);
    return true;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return false;
  }
}

function paired(): CrashingFiles {
  const files = new CrashingFiles();
  new Device(files).pair(0, 1);
  return files;
}

function hostText(key: string): string {
  const ltk = { rand: '0000000000000000', ediv: 0, ltk: key };
  return JSON.stringify({ mitm: true, sc: true, irk: null, localLtk: ltk, peerLtk: ltk });
}

/** What ble-host takes for a key. */
function hostKey(text: string | undefined): Uint8Array | undefined {
  try {
    return fromHex(JSON.parse(text!).peerLtk.ltk);
  } catch {
    return undefined;
  }
}
