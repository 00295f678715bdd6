// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime bridge` in a process of its own, at Debian's mosquitto, which ends and starts again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../listener.testing.ts';
import { isDeviceDiscovery } from '../mqtt/schema.testing.ts';
import { Deployment } from './deployment.testing.ts';
import { Running } from './running.testing.ts';

const test = suite('bridge at mosquitto');

class Mosquitto {
  readonly port: number;
  private readonly config: string;
  private child: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.port = port;
    this.config = join(folder, 'mosquitto.conf');
    const user = process.getuid?.() === 0 ? 'user root\n' : '';
    writeFileSync(
      this.config,
      `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n${user}`,
    );
  }

  async start(): Promise<void> {
    const child = spawn('/usr/sbin/mosquitto', ['-c', this.config], { stdio: ['ignore', 'ignore', 'pipe'] });
    process.once('exit', () => child.kill('SIGKILL'));
    this.child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until(() => said.includes('running') || child.exitCode !== null, 'mosquitto');
    assert.is(child.exitCode, null, said);
  }

  async stop(): Promise<void> {
    this.child!.kill('SIGTERM');
    await once(this.child!, 'close');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Another client, which keeps what it gets. */
async function watch(port: number): Promise<{ client: MqttClient; got: Map<string, string[]> }> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50 });
  const got = new Map<string, string[]>();
  client.on('message', (topic, payload) => void got.set(topic, [...(got.get(topic) ?? []), String(payload)]));
  await client.subscribeAsync(['pne-runtime/#', 'homeassistant/#'], { qos: 1 });
  return { client, got };
}

test('readings, availability, discovery and commands pass, also over a restart of the broker', async () => {
  const deployment = await Deployment.start(['pne-1']);
  const folder = await deployment.addEntity('bridge', '--read', 'all', '--command', 'all');
  const mosquitto = new Mosquitto(deployment.folder, await freePort());
  await mosquitto.start();
  const { serverUrl, serverCredentialPath } = deployment;
  const args = ['--state', folder, '--server', serverUrl, '--server-credential', serverCredentialPath];
  const bridge = new Running(['bridge', ...args, '--broker', `mqtt://127.0.0.1:${mosquitto.port}`]);
  await bridge.says(/broker-there/);
  await bridge.says(/agreed server=server interface=CPNS-5 protection=A128GCM/);
  const [pne] = deployment.pnes;
  pne!.report({ temperature: 21.5 });
  const first = await watch(mosquitto.port);
  const reading = 'pne-runtime/pne-1/reading';
  const config = 'homeassistant/device/pne-runtime_pne-1/config';
  const has = (got: Map<string, string[]>, topic: string, text: string) =>
    until(() => got.get(topic)?.some((each) => each.includes(text)) === true, `${topic} ${text}`);
  await has(first.got, reading, '21.5');
  await has(first.got, 'pne-runtime/availability', 'online');
  await has(first.got, 'pne-runtime/pne-1/availability', 'online');
  await has(first.got, config, 'field_temperature');
  assert.ok(first.got.get(config)!.every((payload) => isDeviceDiscovery(config, payload)));
  await first.client.publishAsync('pne-runtime/pne-1/command', '{"led":true}', { qos: 1 });
  await has(first.got, 'pne-runtime/pne-1/outcome', 'delivered');
  assert.ok(pne!.contents.some((value) => 'led' in (value as object)));
  await first.client.endAsync(true);
  await mosquitto.stop();
  await bridge.says(/broker-away/);
  pne!.report({ temperature: 22.5 });
  await until(() => pne!.accepted.length === 2, 'the server has it');
  await mosquitto.start();
  const second = await watch(mosquitto.port);
  await has(second.got, reading, '22.5');
  await has(second.got, config, 'field_temperature');
  assert.is(await bridge.stop('SIGTERM'), 0);
  await until(() => second.got.get('pne-runtime/availability')?.at(-1) === 'offline', 'its will');
  await second.client.endAsync(true);
  await mosquitto.stop();
  await deployment.close();
});

test.run();
