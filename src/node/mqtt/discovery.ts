// SPDX-License-Identifier: Apache-2.0

/**
 * What Home Assistant is told of a PNE, in one retained message (device discovery of its MQTT integration, since
 * 2024.11): a sensor for each field of its readings, and the interval where contents can be sent to it. Which unit a field
 * has no reading says, so none is claimed.
 */
import { NodeLimits } from '../../node-limits.ts';
import { bridgeTopic, plainId, pneTopic } from './topics.ts';

export interface DiscoveryOptions {
  /** Of Home Assistant: `homeassistant`, unless somebody has changed it there. */
  readonly discovery: string;
  /** Of the bridge. */
  readonly prefix: string;
  readonly version: string;
}

export type FieldKind = 'number' | 'switch' | 'text';

/** Names of the fields that are shown, with what they hold. */
export type Fields = ReadonlyMap<string, FieldKind>;

/** Names that are the same in a template as in a reading. */
const PLAIN_NAME = /^[\p{L}\p{N}_ .%°-]{1,32}$/u;

export function discoveryTopic({ discovery }: DiscoveryOptions, pneId: string): string {
  return `${discovery}/device/pne-runtime_${plainId(pneId)}/config`;
}

/** Fields that are known with those of one more reading; the same map where there is no new one. */
export function withFieldsOf(known: Fields, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return known;
  const fields = new Map(known);
  for (const [name, field] of Object.entries(value)) {
    const kind = kindOf(field);
    if (kind === undefined || fields.has(name) || !PLAIN_NAME.test(name)) continue;
    if (fields.size >= NodeLimits.bridgeMaxFields) break;
    fields.set(name, kind);
  }
  return fields.size === known.size ? known : fields;
}

export function discoveryMessage(
  { prefix, version }: DiscoveryOptions,
  pneId: string,
  fields: Fields,
  isCommanded: boolean,
): string {
  const id = `pne-runtime_${plainId(pneId)}`;
  const entries: (readonly [string, object])[] = [...fields].map(([name, kind]) => {
    const key = `field_${plainId(name)}`;
    return [
      key,
      { ...sensorOf(name, kind), unique_id: `${id}_${key}`, state_topic: pneTopic(prefix, pneId, 'reading') },
    ];
  });
  if (isCommanded)
    entries.push([
      'interval',
      { ...INTERVAL, unique_id: `${id}_interval`, command_topic: pneTopic(prefix, pneId, 'command') },
    ]);
  return JSON.stringify({
    dev: { ids: [id], name: pneId },
    o: { name: 'pne-runtime', sw: version },
    cmps: Object.fromEntries(entries),
    availability: [{ topic: bridgeTopic(prefix) }, { topic: pneTopic(prefix, pneId, 'availability') }],
    availability_mode: 'all',
    qos: 1,
  });
}

/** How often a PNE reads, in seconds. It does not say how often that is. */
const INTERVAL = Object.freeze({
  p: 'number',
  name: 'interval',
  command_template: '{"interval": {{ (value * 1000) | int }}}',
  min: 1,
  max: 86_400,
  mode: 'box',
  unit_of_measurement: 's',
  entity_category: 'config',
});

function sensorOf(name: string, kind: FieldKind): Record<string, string> {
  const field = `value_json.value[${JSON.stringify(name)}]`;
  if (kind === 'switch')
    return { p: 'binary_sensor', name, value_template: `{{ 'ON' if ${field} else 'OFF' }}` };
  const sensor = { p: 'sensor', name, value_template: `{{ ${field} | default('') }}` };
  return kind === 'number' ? { ...sensor, state_class: 'measurement' } : sensor;
}

function kindOf(field: unknown): FieldKind | undefined {
  if (typeof field === 'number') return 'number';
  if (typeof field === 'boolean') return 'switch';
  return typeof field === 'string' ? 'text' : undefined;
}
