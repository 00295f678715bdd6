// SPDX-License-Identifier: Apache-2.0
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { Place } from '../../src/roles/provisioning.ts';

/** Connects, and hands the link over once it can carry messages. `onFailed` where it never could. */
export type Connect = (onLink: (link: Link) => LinkEvents, onFailed: () => void) => void;

/** How an image reaches others. */
export interface Connections {
  gateway(place: Place): Connect;
  /** The host of a simulated board, which feeds its sensor, by the number in its store. */
  host(number: number): Connect;
}
