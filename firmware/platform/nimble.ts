// SPDX-License-Identifier: Apache-2.0

/**
 * `Stack.terminate` on ESP32. `close` of SDK 8.2.3 frees the connection at once, and when NimBLE then ends its
 * subscription the SDK reads what was freed, and the board restarts. NimBLE itself is told here: the SDK learns of
 * the end as of any other. A board has one connection at most.
 */
export function terminateConnections(): void {
  native('xs_pne_terminate').call(undefined);
}
