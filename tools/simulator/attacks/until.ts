// SPDX-License-Identifier: Apache-2.0

const LOOK_MS = 10;

/** Resolves once it is so; after that many milliseconds it throws that there was no such thing. */
export async function until(isSo: () => boolean, milliseconds: number, what: string): Promise<void> {
  if (await happens(isSo, milliseconds)) return;
  throw new Error(`${what}: waited ${milliseconds / 1000} s in vain`);
}

/** Whether it comes to be so within that many milliseconds. */
export async function happens(isSo: () => boolean, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!isSo()) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return true;
}
