// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ResumptionKey, ResumptionKeys } from './resumption.ts';

export interface ResumptionTableOptions {
  /** Peers that keys are kept of: who has resumed longest ago makes room. */
  readonly maxPeers: number;
  /** Those of one peer have changed, the newest first. */
  onChanged?(keys: readonly ResumptionKey[]): void;
}

/** Keys in memory, one or two of a peer. */
export class ResumptionTable implements ResumptionKeys {
  private readonly options: ResumptionTableOptions;
  /** By credential, in the order in which they came, the newest key first. */
  private readonly byPeer = new Map<string, readonly ResumptionKey[]>();
  private readonly byReference = new Map<string, ResumptionKey[]>();

  constructor(options: ResumptionTableOptions) {
    this.options = options;
  }

  get isEmpty(): boolean {
    return this.byPeer.size === 0;
  }

  candidates(idCred: Uint8Array): readonly ResumptionKey[] {
    return this.byReference.get(toHex(idCred)) ?? [];
  }

  keep(key: ResumptionKey, used: ResumptionKey | undefined): void {
    const former = used ?? this.byPeer.get(nameOf(key))?.[0];
    this.replace(key, former === undefined ? [key] : [key, former]);
    this.makeRoom();
  }

  confirm(key: ResumptionKey): void {
    const keys = this.byPeer.get(nameOf(key)) ?? [];
    const at = keys.indexOf(key);
    if (at >= 0 && at < keys.length - 1) this.replace(key, keys.slice(0, at + 1));
  }

  /** Puts back what was stored of a peer, the newest first. */
  restore(keys: readonly ResumptionKey[]): void {
    if (keys[0] === undefined) return;
    this.byPeer.set(nameOf(keys[0]), keys);
    for (const key of keys) this.refer(key);
    this.makeRoom();
  }

  private makeRoom(): void {
    for (const [name, keys] of this.byPeer) {
      if (this.byPeer.size <= this.options.maxPeers) return;
      this.byPeer.delete(name);
      for (const each of keys) this.end(each);
    }
  }

  private replace(key: ResumptionKey, keys: readonly ResumptionKey[]): void {
    const name = nameOf(key);
    const former = this.byPeer.get(name) ?? [];
    this.byPeer.delete(name);
    this.byPeer.set(name, keys);
    for (const each of former) if (!keys.includes(each)) this.end(each);
    for (const each of keys) if (!former.includes(each)) this.refer(each);
    this.options.onChanged?.(keys);
  }

  /** Of too many with one reference the oldest cannot be found any more. */
  private refer(key: ResumptionKey): void {
    const reference = toHex(key.psk.idCred);
    const keys = [...(this.byReference.get(reference) ?? []), key];
    this.byReference.set(reference, keys.slice(-ImplementationLimits.maxCandidates));
  }

  private end(key: ResumptionKey): void {
    const reference = toHex(key.psk.idCred);
    const left = (this.byReference.get(reference) ?? []).filter((each) => each !== key);
    if (left.length > 0) this.byReference.set(reference, left);
    else this.byReference.delete(reference);
    key.psk.secret.wipe();
  }
}

function nameOf({ peer }: ResumptionKey): string {
  return toHex(peer.cred);
}
