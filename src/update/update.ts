// SPDX-License-Identifier: Apache-2.0

/**
 * Takes a new image of a device's program: the signed manifest first, then the image in blocks, under a running hash. What
 * starts is the former image until the last byte has come and the hash is the one that was signed.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { AsymmetricProvider } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import type { Medium } from '../store/medium.ts';
import { type Manifest, verifyManifest } from './manifest.ts';
import { BLOCK_BYTES, readImage, readInstalled, writeBlock, writeInstalled } from './slots.ts';

/** SHA-256 over bytes that come in parts. */
export interface RunningHash {
  /** Borrows the bytes for the call. */
  update(bytes: Uint8Array): void;
  /** 32 bytes. Nothing follows. */
  digest(): Uint8Array;
}

export interface UpdateOptions {
  readonly provider: AsymmetricProvider;
  /** Of P-256, x ‖ y: whose images this device takes. */
  readonly publicKey: Uint8Array;
  /** The folder in boards. */
  readonly board: string;
  /** Bytes of the longest image that the board has room for, twice. */
  readonly maxBytes: number;
  readonly medium: Medium;
  createHash(): RunningHash;
}

export interface Update {
  readonly manifest: Manifest;
  /** The next bytes of the image, borrowed for the call. Refuses `updateDamaged` where more come than were signed. */
  write(bytes: Uint8Array): void;
  /**
   * The image starts from now on, and none of its version or below is taken any more. Refuses `updateDamaged` where bytes
   * are missing, or are not those that were signed, or are not what the board has kept.
   */
  finish(): void;
}

/**
 * Verifies the manifest before anything is written. Refuses what verifyManifest refuses, `updateForeign`, `updateBehind`
 * and `updateTooLong`. What was written of an update that was not finished is written over by the next one. After any
 * refusal the update is over (`stateInvalid`), and what starts is what was there before.
 */
export function beginUpdate(options: UpdateOptions, manifestBytes: Uint8Array): Update {
  const { provider, publicKey, board, maxBytes, medium } = options;
  const manifest = verifyManifest(provider, publicKey, manifestBytes);
  const installed = readInstalled(medium);
  if (manifest.board !== board) refuse('updateForeign');
  if (manifest.version <= (installed?.version ?? 0)) refuse('updateBehind');
  if (manifest.size > maxBytes) refuse('updateTooLong');
  return new RunningUpdate(options, manifest, installed?.place === 0 ? 1 : 0);
}

class RunningUpdate implements Update {
  readonly manifest: Manifest;
  private readonly options: UpdateOptions;
  private readonly place: number;
  private readonly hash: RunningHash;
  private readonly block = new Uint8Array(BLOCK_BYTES);
  /** Bytes that came, and blocks that were written. */
  private taken = 0;
  private blocks = 0;
  private isOver = false;

  constructor(options: UpdateOptions, manifest: Manifest, place: number) {
    this.options = options;
    this.manifest = manifest;
    this.place = place;
    this.hash = options.createHash();
  }

  write(bytes: Uint8Array): void {
    this.step(() => {
      if (this.taken + bytes.length > this.manifest.size) refuse('updateDamaged');
      this.hash.update(bytes);
      for (let at = 0; at < bytes.length; ) at += this.fill(bytes.subarray(at));
    });
  }

  finish(): void {
    this.step(() => {
      const { version, size, digest } = this.manifest;
      const { medium } = this.options;
      if (this.taken !== size || !equalBytes(this.hash.digest(), digest)) refuse('updateDamaged');
      this.flush();
      const installed = { version, place: this.place, size };
      const kept = this.options.createHash();
      readImage(medium, installed, (block) => kept.update(block));
      if (!equalBytes(kept.digest(), digest)) refuse('updateDamaged');
      writeInstalled(medium, installed);
    });
    this.isOver = true;
  }

  /** Whatever fails ends the update: bytes would be missing in the middle. */
  private step(work: () => void): void {
    if (this.isOver) refuse('stateInvalid');
    this.isOver = true;
    work();
    this.isOver = false;
  }

  /** Returns how many bytes it took. */
  private fill(bytes: Uint8Array): number {
    const used = this.taken % BLOCK_BYTES;
    const part = bytes.subarray(0, BLOCK_BYTES - used);
    this.block.set(part, used);
    this.taken += part.length;
    if (this.taken % BLOCK_BYTES === 0) this.flush();
    return part.length;
  }

  /** Writes what has come of a block, if there is anything. */
  private flush(): void {
    const length = this.taken - this.blocks * BLOCK_BYTES;
    if (length === 0) return;
    writeBlock(this.options.medium, this.place, this.blocks, this.block.subarray(0, length));
    this.blocks += 1;
  }
}
