// SPDX-License-Identifier: Apache-2.0

/** The benchmark with the native provider for a board that counts instructions, and plain C in the same run. */
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { benchPrograms } from '../platform/bench-programs.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { instructionClock } from './instruction-clock.ts';
import { benchOperations } from './operations.ts';
import { startBench } from './start.ts';

// biome-ignore lint/style/noDefaultExport: the host calls it, as Moddable does that of a main module.
export default function main(): void {
  const createOperations = () => benchOperations(createNativeProvider(cryptoNatives()!), devicePayloads);
  startBench(instructionClock, createOperations, benchPrograms);
}
