// SPDX-License-Identifier: Apache-2.0

/** What the program tells its page of the image that it serves, at `/image.json`. */
export interface ImageManifest {
  readonly board: string;
  /** What it is made of, for people. */
  readonly title: string;
  /** As esptool names it. */
  readonly chip: string;
  readonly parts: readonly {
    readonly name: string;
    /** From the start of flash, in bytes. */
    readonly offset: number;
    readonly md5: string;
    /** Where the page gets it. */
    readonly path: string;
  }[];
  /** The partition `nvs`, for who the board is to be; null where the image has none. */
  readonly store: { readonly offset: number; readonly size: number } | null;
}
