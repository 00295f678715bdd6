// SPDX-License-Identifier: Apache-2.0

/** A simulated board's sensor: readings from the host that runs it (sensor-message.ts). */
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { PayloadCodec } from '../../src/payload/payload.ts';
import { refuse } from '../../src/refusal.ts';
import type { Connect } from '../links/connect.ts';
import type { Figures, Sensor, SensorEvents } from './sensor.ts';
import { decodeSensorMessage, encodeSensorMessage, SensorMessageType } from './sensor-message.ts';

export function openHostSensor(connect: Connect, payloads: PayloadCodec, events: SensorEvents): Sensor {
  let link: Link | undefined;
  /** Asked for before the link was up. */
  let early = 0;

  function adopt(opened: Link): LinkEvents {
    link = opened;
    if (early > 0) sample(early);
    return { onMessage: receive, onClosed: end };
  }

  /** A simulated board does not outlive its host: it throws out of the run loop. */
  function end(): never {
    throw new Error('the host of this board is gone');
  }

  function receive(bytes: Uint8Array): void {
    const message = decodeSensorMessage(bytes);
    if (message.type === SensorMessageType.reading) events.onReading(payloads.decode(message.payload));
    else if (message.type === SensorMessageType.end) events.onEnd();
    else refuse('messageInvalid');
  }

  function sample(count: number): void {
    if (link === undefined) early += count;
    else link.send(encodeSensorMessage({ type: SensorMessageType.sample, count }));
  }

  connect(adopt, end);

  return {
    sample,
    report(figures: () => Figures): void {
      link?.send(encodeSensorMessage({ type: SensorMessageType.figures, text: JSON.stringify(figures()) }));
    },
  };
}
