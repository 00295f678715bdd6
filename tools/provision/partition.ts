// SPDX-License-Identifier: Apache-2.0

/** What the partition `nvs` has for the firmware. */
import { readNvs } from './nvs-reader.ts';
import { writeNvs } from './nvs-writer.ts';

/** As in boards/esp32/partitions.csv and those beside it. */
export const PARTITION_BYTES = 0x6000;
/** The firmware's domain, and the key of its provisioning in it. */
const DOMAIN = 'pne';
const KEY = 'provisioning';

/** The partition of a device with this provisioning. */
export function imageOf(provisioning: Uint8Array): Uint8Array {
  return writeNvs(DOMAIN, { [KEY]: provisioning }, PARTITION_BYTES);
}

/** The caller owns it. Undefined where there is none. Refuses as `readNvs` does. */
export function provisioningIn(partition: Uint8Array): Uint8Array | undefined {
  return readNvs(partition).get(DOMAIN)?.get(KEY);
}
