// SPDX-License-Identifier: Apache-2.0

/** As main.ts, for a gateway that comes by Bluetooth LE. */
import { bluetooth } from './bluetooth.ts';
import { hostPayloads } from './host-payloads.ts';
import { openHostProvider } from './host-provider.ts';
import { SIMULATED } from './platform/ble.ts';
import { after } from './platform/timer.ts';
import { startPne } from './pne.ts';
import { streams } from './streams.ts';

after(0, () => startPne(openHostProvider(), hostPayloads(), bluetooth(streams.host, SIMULATED)));
