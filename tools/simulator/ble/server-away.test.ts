// SPDX-License-Identifier: Apache-2.0

/** The gateway's radio while its server is away, with the real firmware. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AdvertisingType, decodeAdvertisingPdu } from '../controller/air/advertising-pdu.ts';
import { Scenario } from './scenario.testing.ts';

const test = suite('simulator/ble/server-away');
const ADVERTISEMENTS = 200;

test('while its server is away a gateway seeks no PNE, however long one advertises', async () => {
  const scenario = await Scenario.open();
  try {
    scenario.allow(10);
    await scenario.arrival();
    await scenario.loseServer();
    const before = scenario.flights.length;
    const announced = () =>
      scenario.flights.slice(before).filter(({ direction }) => direction === 'advertising');
    await scenario.until(() => announced().length > ADVERTISEMENTS, 'advertisements');
    const types = new Set(announced().map(({ pdu }) => decodeAdvertisingPdu(pdu).type));
    assert.equal([...types], [AdvertisingType.connectable]);
    assert.is(scenario.links, 1);
    scenario.radio.resume();
    await scenario.until(() => scenario.links === 2, 'a second link');
  } finally {
    await scenario.close();
  }
});

test.run();
