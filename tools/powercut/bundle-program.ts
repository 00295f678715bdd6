// SPDX-License-Identifier: Apache-2.0

/** Bundles the program that scenarios/files.ts runs, in a process: a scenario waits for nothing. */
import { bundleForXs } from '../build/bundle.ts';

await bundleForXs(process.argv[2]!, 'store-changes');
