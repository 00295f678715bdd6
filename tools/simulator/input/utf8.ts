// SPDX-License-Identifier: Apache-2.0

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the text, or undefined where the bytes are no UTF-8: nothing is put in place of what is wrong. */
export function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Says where the bytes stop being UTF-8, and what to do. */
export function notUtf8(bytes: Uint8Array): string {
  let good = 0;
  for (let tried = 1; tried <= bytes.length; tried += 1)
    if (decodeStrictly(bytes.subarray(0, tried)) !== undefined) good = tried;
  const byte = bytes[good]!.toString(16).toUpperCase().padStart(2, '0');
  return `not UTF-8 (byte ${good + 1} of it is ${byte}): convert the file, as with iconv -f WINDOWS-1252 -t UTF-8`;
}
