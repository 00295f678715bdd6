// SPDX-License-Identifier: Apache-2.0

/** Sets this checkout up, in front of every command. Plain Node, because nothing is installed yet; all output on stderr. */
import { setUp } from './set-up.mjs';

if (!(await setUp())) process.exitCode = 1;
