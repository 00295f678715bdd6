// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/external-entity`: readings from a CPNS Server, and contents to its PNEs, by a grant. */
import { type NodeEntity, type NodeEntityOptions, startExternalEntity } from '../node/external-entity.ts';

export { EntityPermission } from '../authorization/entity-access.ts';
export { type NodeEntity, type NodeEntityOptions, startExternalEntity } from '../node/external-entity.ts';
export type { Capabilities, DroppedReadings, EntityReading, Published } from '../roles/entity-message.ts';
export type {
  CapabilitiesOutcome,
  EntityOutcome,
  EntityRefusal,
  PublishOutcome,
} from '../roles/entity-requests.ts';
export type { ReceivedReading } from '../roles/external-entity.ts';

type Required = 'provider' | 'identity' | 'server' | 'serverCredential' | 'onReading';

/** All that `startExternalEntity` takes, of which this much has to be said. */
export interface SimpleEntityOptions
  extends Pick<NodeEntityOptions, Required>,
    Partial<Omit<NodeEntityOptions, Required>> {}

/** An external entity that wants readings; what it is not interested in passes it by. */
export function startEntity(options: SimpleEntityOptions): NodeEntity {
  return startExternalEntity({
    follows: true,
    onDropped: (_dropped, taken) => taken(),
    onDevice(): void {},
    onServer(): void {},
    onAgreed(): void {},
    onRefused(): void {},
    onServerUnreachable(): void {},
    ...options,
  });
}
