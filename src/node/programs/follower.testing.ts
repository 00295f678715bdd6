// SPDX-License-Identifier: Apache-2.0

/** Test code: an external entity that follows readings and takes each at once. */
import { type NodeEntity, type NodeEntityOptions, startExternalEntity } from '../external-entity.ts';

export interface Follower extends NodeEntity {
  readonly readings: unknown[];
  /** What it may do, by PNE. */
  readonly devices: Map<string, number>;
}

export function follow(
  from: Pick<NodeEntityOptions, 'provider' | 'identity' | 'server' | 'serverCredential'>,
): Follower {
  const readings: unknown[] = [];
  const devices = new Map<string, number>();
  const entity = startExternalEntity({
    ...from,
    follows: true,
    onReading({ value }, taken): void {
      readings.push(value);
      taken();
    },
    onDropped: (_dropped, taken) => taken(),
    onDevice: (pneId, permissions) => void devices.set(pneId, permissions),
    onServer(): void {},
    onAgreed(): void {},
    onRefused(): void {},
    onServerUnreachable(): void {},
  });
  return { ...entity, readings, devices };
}
