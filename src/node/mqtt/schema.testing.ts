// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: what Home Assistant takes as device discovery, from its documentation ("MQTT: device discovery payload"), and
 * as strict as may be: any key that the bridge has no use for is a mistake.
 */
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value !== '';
const template: Check = (value) => text(value) && /^[^{]*\{\{ .+ \}\}[^{]*$/.test(value as string);
const subscribed: Check = (value) => text(value) && !/[+#\0]/.test(value as string);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(check);
const mapping =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value) =>
    isObject(value) &&
    Object.entries(value).every(([key, each]) => (required[key] ?? optional[key])?.(each) === true) &&
    Object.keys(required).every((key) => key in value);

const common = { name: text, unique_id: text };
const COMPONENTS: Readonly<Record<string, Check>> = {
  sensor: mapping(
    { ...common, p: text, state_topic: subscribed, value_template: template },
    { state_class: oneOf('measurement', 'total', 'total_increasing') },
  ),
  binary_sensor: mapping({ ...common, p: text, state_topic: subscribed, value_template: template }),
  number: mapping({
    ...{ ...common, p: text, command_topic: subscribed, command_template: text },
    min: Number.isFinite,
    max: Number.isFinite,
    mode: oneOf('auto', 'box', 'slider'),
    unit_of_measurement: text,
    entity_category: oneOf('config', 'diagnostic'),
  }),
};

const component: Check = (value) =>
  isObject(value) && typeof value.p === 'string' && COMPONENTS[value.p]?.(value) === true;

const components: Check = (value) =>
  isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(component);

const discovery = mapping({
  dev: mapping({ ids: listOf(text), name: text }),
  o: mapping({ name: text, sw: text }),
  cmps: components,
  availability: listOf(mapping({ topic: subscribed })),
  availability_mode: oneOf('all', 'any', 'latest'),
  qos: oneOf(0, 1, 2),
});

/** Whether Home Assistant takes this at this topic. */
export function isDeviceDiscovery(topic: string, payload: string): boolean {
  if (!/^[^+#]+\/device\/[a-zA-Z0-9_-]+\/config$/.test(topic)) return false;
  const message: unknown = JSON.parse(payload);
  if (!discovery(message)) return false;
  const ids = Object.values((message as { cmps: Record<string, { unique_id: string }> }).cmps);
  return new Set(ids.map((each) => each.unique_id)).size === ids.length;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
