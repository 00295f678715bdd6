// SPDX-License-Identifier: Apache-2.0

/** The bonds of a gateway, and ble-host's copy of their keys: pairings and bonds that are forgotten, cut at every step. */
import { toHex } from '../../../src/bytes/hex.ts';
import { openBondFiles } from '../../../src/node/ble/bond-files.ts';
import { Bonds, type Peer } from '../../../src/node/ble/bonds.ts';
import { putHostKeysRight } from '../../../src/node/ble/host-keys.ts';
import { Random } from '../../chaos/random.ts';
import { CRASHES, Crash, CrashingFiles, type CrashKind } from '../crashing-files.ts';
import type { Outcome, Scenario } from '../scenario.ts';

const OWN: Peer = { addressType: 'random', address: 'C0:00:00:00:00:01' };
const PEERS = [2, 3].map((n): Peer => ({ addressType: 'random', address: `C0:00:00:00:00:0${n}` }));
const FOLDER = 'NodeBleLib-storage-dir/01-C0-00-00-00-00-01/bonds';
const OPERATIONS = 4;
const MAX_BONDS = 9;

/** One start of the gateway, with ble-host played: it writes in place and syncs nothing. */
class Gateway {
  private readonly files: CrashingFiles;
  private readonly bonds: Bonds;

  constructor(files: CrashingFiles) {
    this.files = files;
    this.bonds = new Bonds(openBondFiles('bonds', files), MAX_BONDS);
    putHostKeysRight(files, OWN, this.bonds);
  }

  pair(peer: Peer, key: Uint8Array): void {
    const bond = { ...peer, authenticated: true };
    const ltk = { rand: '0000000000000000', ediv: 0, ltk: toHex(key) };
    this.bonds.expect(bond);
    this.bonds.addTentatively(bond, key);
    const text = JSON.stringify({ mitm: true, sc: true, irk: null, localLtk: ltk, peerLtk: ltk });
    this.files.write(keysFile(peer), text);
    this.bonds.add(bond, key);
  }

  forget(peer: Peer): void {
    this.bonds.remove(peer);
    this.files.remove(keysFile(peer));
  }

  /** The keys of all peers; where ble-host has another, that too. */
  get keys(): string {
    return PEERS.map((peer) => {
      const key = this.bonds.keyOf(peer);
      const text = this.files.read(keysFile(peer));
      const host = text === undefined ? undefined : (JSON.parse(text) as { localLtk: { ltk: string } });
      const own = key && toHex(key);
      return host?.localLtk.ltk === own ? (own ?? '') : `${own}, ble-host: ${host?.localLtk.ltk}`;
    }).join(' | ');
  }
}

type Act = (gateway: Gateway) => void;

export const pairing: Scenario = Object.freeze({
  name: 'pairing',
  run(seed: number): Outcome {
    const acts = drawActs(new Random(seed));
    const failed: string[] = [];
    let points = 0;
    for (const kind of CRASHES)
      for (let cut = 0; ; cut += 1) {
        const found = cutAt(acts, cut, kind);
        if (found === undefined) break;
        points += 1;
        if (found !== '') failed.push(`pairing, seed ${seed}, cut ${cut} of ${kind}: ${found}`);
      }
    return { points, failed };
  },
});

function drawActs(random: Random): Act[] {
  return Array.from({ length: OPERATIONS }, (): Act => {
    const peer = random.pick(PEERS);
    const key = random.bytes(16);
    return random.chance(0.3) ? (gateway) => gateway.forget(peer) : (gateway) => gateway.pair(peer, key);
  });
}

/** What is wrong after a crash at that step. undefined where there are not so many steps. */
function cutAt(acts: readonly Act[], cut: number, kind: CrashKind): string | undefined {
  const files = new CrashingFiles();
  files.crashAfter(cut);
  const states: string[] = [];
  if (liveUntilCut(files, acts, states)) return undefined;
  files.restart(kind);
  const started = new Gateway(files);
  // Before the act, and after it.
  const expected = [states.at(-1) ?? ' | ', after(acts.slice(0, states.length + 1))];
  if (!expected.includes(started.keys)) return `bonds are ${started.keys}, not ${expected.join(' nor ')}`;
  started.pair(PEERS[0]!, new Uint8Array(16).fill(7));
  return started.keys.startsWith('07'.repeat(16)) ? '' : 'the gateway cannot pair any more';
}

/** Notes what the bonds are after each act. Returns whether all were made. */
function liveUntilCut(files: CrashingFiles, acts: readonly Act[], states: string[]): boolean {
  try {
    const gateway = new Gateway(files);
    for (const act of acts) {
      act(gateway);
      states.push(gateway.keys);
    }
    return true;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return false;
  }
}

function after(acts: readonly Act[]): string {
  const gateway = new Gateway(new CrashingFiles());
  for (const act of acts) act(gateway);
  return gateway.keys;
}

function keysFile({ address }: Peer): string {
  return `${FOLDER}/01-${address.replaceAll(':', '-')}/keys.json`;
}
