// SPDX-License-Identifier: Apache-2.0

/** Payloads of an image that has the codec's C functions: they lie in flash. */
import { nativePayloads } from '../../src/payload/native.ts';
import { bindPayloadNatives } from '../platform/payload.ts';

export const devicePayloads = nativePayloads(bindPayloadNatives());
