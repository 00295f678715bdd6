// SPDX-License-Identifier: Apache-2.0

/** Starts the device program on a host that runs the bundle as it is: boards/linux. */
import { startPne } from './pne.ts';

startPne();
