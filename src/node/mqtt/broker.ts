// SPDX-License-Identifier: Apache-2.0

/** A connection to an MQTT broker that is made again, after pauses that grow; what it has not confirmed is sent again. */
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { After, RunningTimer } from '../../link/timer.ts';
import { NodeLimits } from '../../node-limits.ts';
import { pauseBefore } from '../reconnect.ts';

export interface BrokerOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`, with user and password where the broker asks for them. */
  readonly url: string;
  readonly clientId: string;
  readonly after: After;
  random(): number;
  /** What the broker publishes, retained, when it loses this end. */
  readonly will: Retained;
  /** Topics that this end wants. */
  readonly subscription: string;
  onMessage(topic: string, payload: Uint8Array, isRetained: boolean): void;
  /** The broker is there and has taken the subscription, or is gone. */
  onBroker(isThere: boolean): void;
  /** There is no connection, for this reason. It is tried again. */
  onUnreachable(error: Error): void;
}

export interface Retained {
  readonly topic: string;
  readonly payload: string;
}

export interface Broker {
  /** Publishes, and calls `done` once the broker has confirmed it (QoS 1). */
  publish(topic: string, payload: string, done: () => void): void;
  /** The same, and the broker keeps the newest of the topic for whoever comes later. */
  keep(topic: string, payload: string, done: () => void): void;
  /** It is so from now on, and kept: what was said of the topic and not confirmed is not sent any more. */
  state(topic: string, payload: string): void;
  /** Cuts the connection, upon which the broker publishes the will. What was not confirmed stays so. */
  close(): Promise<void>;
}

interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** Undefined where the next of its topic takes its place. */
  readonly done: (() => void) | undefined;
}

export function connectBroker(options: BrokerOptions): Broker {
  const connection = new BrokerConnection(options);
  connection.open();
  return {
    publish: (topic, payload, done) => connection.send({ topic, payload, retain: false, done }),
    keep: (topic, payload, done) => connection.send({ topic, payload, retain: true, done }),
    state: (topic, payload) => connection.send({ topic, payload, retain: true, done: undefined }),
    close: () => connection.close(),
  };
}

class BrokerConnection {
  private readonly options: BrokerOptions;
  /** Not confirmed, in the order in which they were given. */
  private readonly outgoing = new Set<Outgoing>();
  private client: MqttClient | undefined;
  private isThere = false;
  private isClosed = false;
  private failures = 0;
  private timer: RunningTimer | undefined;

  constructor(options: BrokerOptions) {
    this.options = options;
  }

  open(): void {
    const client = connect(this.options.url, this.clientOptions());
    this.client = client;
    boundPackets(client, () => this.giveUp(client, new Error('a packet is longer than any command')));
    client.on('connect', () => this.connected(client));
    client.on('message', (topic: string, payload: Buffer, { retain }: IPublishPacket) =>
      this.options.onMessage(topic, payload, retain),
    );
    client.on('error', (error) => this.giveUp(client, error));
    client.on('close', () => this.lost(client));
  }

  send(message: Outgoing): void {
    if (message.done === undefined) this.supersede(message.topic);
    this.outgoing.add(message);
    if (this.isThere) this.transmit(message);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    await this.client?.endAsync(true);
  }

  private clientOptions(): IClientOptions {
    const { clientId, will } = this.options;
    return {
      ...{ clientId, clean: true, reconnectPeriod: 0, resubscribe: false },
      connectTimeout: NodeLimits.brokerTimeoutMs,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
    };
  }

  private connected(client: MqttClient): void {
    client.subscribe(this.options.subscription, { qos: 1 }, (error, granted) => {
      if (client !== this.client || !client.connected) return;
      if (error !== null || granted?.some(({ qos }) => qos > 2)) {
        return this.giveUp(client, error ?? new Error('the broker refuses the subscription to commands'));
      }
      this.isThere = true;
      this.timer = this.options.after(NodeLimits.reconnectMaxMs, () => {
        this.failures = 0;
      });
      for (const message of this.outgoing) this.transmit(message);
      this.options.onBroker(true);
    });
  }

  /** What the broker does not confirm waits for the next connection, or for the next try on this one. */
  private transmit(message: Outgoing): void {
    const { topic, payload, retain, done } = message;
    const { client } = this;
    client?.publish(topic, payload, { qos: 1, retain }, (error) => {
      if (!this.outgoing.has(message)) return;
      if (error == null) {
        this.outgoing.delete(message);
        done?.();
      } else if (client === this.client && client.connected) client.end(true);
    });
  }

  private giveUp(client: MqttClient, error: Error): void {
    this.options.onUnreachable(error);
    client.end(true);
  }

  private supersede(topic: string): void {
    for (const each of this.outgoing)
      if (each.done === undefined && each.topic === topic) this.outgoing.delete(each);
  }

  private lost(client: MqttClient): void {
    if (client !== this.client) return;
    this.client = undefined;
    this.timer?.cancel();
    if (this.isThere) this.options.onBroker(false);
    this.isThere = false;
    if (this.isClosed) return;
    const { after, random } = this.options;
    this.timer = after(pauseBefore(this.failures, random), () => this.open());
    this.failures += 1;
  }
}

/**
 * Ends a connection on which more comes than the longest command before a packet is whole. A packet has up to 256 MB,
 * and is kept in memory until then: who may publish commands, or the broker, could fill it.
 */
function boundPackets(client: MqttClient, onTooLong: () => void): void {
  let waiting = 0;
  client.on('packetreceive', () => {
    waiting = 0;
  });
  client.stream.on('data', ({ length }: Uint8Array) => {
    waiting += length;
    if (waiting > NodeLimits.brokerMaxPacketBytes) onTooLong();
  });
}
