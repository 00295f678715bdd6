// SPDX-License-Identifier: Apache-2.0

/**
 * Starts the device program on a host that runs the bundle as it is: boards/linux. From a timer, because
 * the body of a bundle holds a stack slot for each of its hundreds of declarations.
 */
import { after } from './platform/timer.ts';
import { startPne } from './pne.ts';

after(0, startPne);
