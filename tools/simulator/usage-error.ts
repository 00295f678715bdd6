// SPDX-License-Identifier: Apache-2.0

/** An error of the user's own making: shown in one line, exit status 2. */
export class UsageError extends Error {}
