// SPDX-License-Identifier: Apache-2.0

/** Test code: a file whose test failed ends all the same, with whatever that test has left open. Imported for that alone. */

const LOOK_MS = 200;

/** uvu sets it once all suites of the file are over. One that passed has to have closed everything itself. */
setInterval(() => {
  if (process.exitCode !== undefined && process.exitCode !== 0) process.exit();
}, LOOK_MS).unref();
