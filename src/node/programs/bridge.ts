// SPDX-License-Identifier: Apache-2.0

import type { NodeEntity } from '../external-entity.ts';
/** `pne-runtime bridge`: readings to an MQTT broker, commands from it, and Home Assistant's discovery. */
import { Bridge } from '../mqtt/bridge.ts';
import { type Broker, connectBroker } from '../mqtt/broker.ts';
import { bridgeTopic, checkTopic, commandFilter, plainId } from '../mqtt/topics.ts';
import { after } from '../timer.ts';
import { checkWholeNumber, type Values } from './config.ts';
import { ENTITY_OPTIONS, startOwnEntity } from './own-entity.ts';
import type { Program, ProgramContext } from './program.ts';
import { version } from './version.ts';

export const BRIDGE_OPTIONS = Object.freeze({
  ...ENTITY_OPTIONS,
  state: { fallback: 'pne-bridge' },
  name: { fallback: 'bridge' },
  broker: { fallback: 'mqtt://127.0.0.1:1883', isSecret: true, check: checkBroker },
  topic: { fallback: 'pne-runtime', check: checkTopic },
  discovery: { fallback: 'homeassistant', check: checkTopic },
  'offline-after': { fallback: '180000', check: checkWholeNumber },
});

/** In place of the prefix of Home Assistant. */
const NO_DISCOVERY = 'none';

export async function startBridgeProgram(
  values: Values<keyof typeof BRIDGE_OPTIONS>,
  context: ProgramContext,
): Promise<Program> {
  const { log } = context;
  const prefix = values.topic;
  let unreachable: string | undefined;
  const broker: Broker = connectBroker({
    url: values.broker,
    clientId: `pne-runtime-${plainId(values.name)}-${process.pid}`,
    after,
    random: Math.random,
    will: { topic: bridgeTopic(prefix), payload: 'offline' },
    subscription: commandFilter(prefix),
    onMessage: (topic, payload, isRetained) => bridge.command(topic, payload, isRetained),
    onBroker(isThere): void {
      log(isThere ? 'broker-there' : 'broker-away');
      unreachable = undefined;
      if (isThere) bridge.brokerIsThere();
    },
    onUnreachable({ message }): void {
      if (message !== unreachable) log('broker-unreachable', { reason: message });
      unreachable = message;
    },
  });
  const entity: NodeEntity = startOwnEntity(values, context, '--read all --command all', {
    follows: true,
    onReading: (reading, taken) => bridge.reading(reading, taken),
    onDropped: (dropped, taken) => bridge.dropped(dropped, taken),
    onDevice: (pneId, permissions) => bridge.device(pneId, permissions),
    onServer: (isThere) => bridge.serverIsThere(isThere),
  });
  const discovery =
    values.discovery === NO_DISCOVERY
      ? undefined
      : { discovery: values.discovery, prefix, version: version() };
  const bridge: Bridge = new Bridge({
    ...{ broker, entity, after, prefix, discovery },
    now: Date.now,
    offlineAfterMs: Number(values['offline-after']),
    onRefused: (pne, reason) => log('command-refused', { reason, ...(pne !== undefined && { pne }) }),
  });
  return {
    port: 0,
    async close(): Promise<void> {
      entity.close();
      bridge.close();
      await broker.close();
    },
  };
}

function checkBroker(text: string): void {
  if (!/^(mqtts?|wss?):\/\/./.test(text) || !URL.canParse(text))
    throw new Error('takes a URL of mqtt:, mqtts:, ws: or wss:');
}
