// SPDX-License-Identifier: Apache-2.0

/**
 * Starts the device program on a host that runs the bundle as it is: boards/linux. From a timer, because
 * the stack is the device's only once the body of the bundle has ended.
 */
import { createMemberSigning } from '../../src/roles/member-signing.ts';
import { streams } from '../links/streams.ts';
import { after } from '../platform/timer.ts';
import { hostPayloads } from '../providers/host-payloads.ts';
import { openHostProvider } from '../providers/host-provider.ts';
import { startPne } from './pne.ts';

after(0, () => startPne(openHostProvider(), hostPayloads(), streams, createMemberSigning));
