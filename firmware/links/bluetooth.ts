// SPDX-License-Identifier: Apache-2.0
import { needsAuthenticatedLink } from '../../src/negotiation/link-demand.ts';
import { policyOf } from '../../src/roles/interface.ts';
import { ioCapabilities, openPeripheral } from '../platform/ble.ts';
import { printLine } from '../platform/console.ts';
import type { StackExtras } from '../platform/peripheral.ts';
import { after } from '../platform/timer.ts';
import { overBle } from './ble-link.ts';
import type { Connections } from './connect.ts';

const PASSKEY_DIGITS = 6;

/**
 * An image whose gateway comes by Bluetooth LE: manifests/link-ble.json. A board that can show a passkey is
 * paired by it; one that cannot, by Just Works, where the policy of CPNS-1 needs no authenticated link. An ESP32 is of the
 * first kind: NimBLE, compiled for LE Secure Connections alone, opens no attribute of ours to who paired by Just Works.
 */
export function bluetooth(host: Connections['host'], extras: StackExtras): Connections {
  return {
    gateway: () =>
      overBle({
        open: openPeripheral(extras),
        after,
        ioCapabilities: ioCapabilities(),
        demand: {
          authenticated: ioCapabilities() !== 'none' || needsAuthenticatedLink(policyOf('pne', 'CPNS-1')),
        },
        user: {
          onPasskey: (passkey) => printLine(`passkey ${String(passkey).padStart(PASSKEY_DIGITS, '0')}`),
          // No board here can be typed on: neither is asked for.
          onCompare(): void {},
          onTypePasskey(): void {},
        },
      }),
    host,
  };
}
