// SPDX-License-Identifier: Apache-2.0

/** Something happened that must not, whatever the faults. */
export class Violation extends Error {}
