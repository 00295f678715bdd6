// SPDX-License-Identifier: Apache-2.0

/** Whether `message` holds `tag` at `offset`, in time that does not depend on where they differ. */
export function tagMatches(tag: Uint8Array, message: Uint8Array, offset: number): boolean {
  let difference = 0;
  for (let i = 0; i < tag.length; i++) difference |= tag[i]! ^ message[offset + i]!;
  return difference === 0;
}
