// SPDX-License-Identifier: Apache-2.0
import { compactPayloads } from '../../src/payload/compact.ts';
import { nativePayloads } from '../../src/payload/native.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import { payloadNatives } from '../platform/payload.ts';

/** Payloads on a host that may have been built without the codec's C functions (boards/linux). */
export function hostPayloads(): PnePayloads {
  const natives = payloadNatives();
  return natives === undefined ? compactPayloads : nativePayloads(natives);
}
