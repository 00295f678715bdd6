// SPDX-License-Identifier: Apache-2.0

/** A real board's own readings: its uptime and its heap. */
import { monotonicMicroseconds } from '../platform/clock.ts';
import { heapStatistics } from '../platform/heap.ts';
import type { Sensor, SensorEvents } from './sensor.ts';

export function openSelfSensor(events: SensorEvents): Sensor {
  return {
    sample(count: number): void {
      for (let index = 0; index < count; index += 1) {
        events.onReading({
          uptime: Math.floor(monotonicMicroseconds() / 1e6),
          heap: heapStatistics().usedBytes,
        });
      }
    },
    report(): void {},
  };
}
