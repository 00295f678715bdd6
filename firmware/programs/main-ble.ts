// SPDX-License-Identifier: Apache-2.0

/** As main.ts, for a gateway that comes by Bluetooth LE. */
import { bluetooth } from '../links/bluetooth.ts';
import { streams } from '../links/streams.ts';
import { SIMULATED } from '../platform/ble.ts';
import { after } from '../platform/timer.ts';
import { hostPayloads } from '../providers/host-payloads.ts';
import { openHostProvider } from '../providers/host-provider.ts';
import { startPne } from './pne.ts';

after(0, () => startPne(openHostProvider(), hostPayloads(), bluetooth(streams.host, SIMULATED)));
