// SPDX-License-Identifier: Apache-2.0
import type { Link, LinkEvents } from '../src/link/link.ts';

/** Connects, and hands the link over once it can carry messages. `onFailed` where it never could. */
export type Connect = (onLink: (link: Link) => LinkEvents, onFailed: () => void) => void;
