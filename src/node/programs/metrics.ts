// SPDX-License-Identifier: Apache-2.0

/** What a program counts of itself, for Prometheus. Nothing in it names a device. */
import { createServer } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { NodeLimits } from '../../node-limits.ts';
import { boundConnections, LOOK_FOR_SLOW_MS } from '../http-connections.ts';
import type { Listener } from '../tcp.ts';
import type { Log } from './log.ts';

export interface Metrics {
  /** Says an event, and counts it where it is one that is counted. */
  readonly log: Log;
  /** A verified reading was stored. */
  reading(): void;
  /** A figure that is asked for whenever somebody looks. */
  show(name: 'devices' | 'readings_kept' | 'server_link' | 'records_queued', value: () => number): void;
  /** Serves `GET /metrics` to whoever asks. */
  listen(host: string, port: number): Promise<Listener>;
}

/** What becomes of an event: which counter, and which of the event's facts is its label. */
const COUNTED: Readonly<
  Record<string, { readonly name: string; readonly label: string; readonly help: string }>
> = Object.freeze({
  agreed: { name: 'pne_agreements_total', label: 'interface', help: 'handshakes that succeeded' },
  refused: { name: 'pne_refusals_total', label: 'reason', help: 'messages and requests that were refused' },
  content: { name: 'pne_contents_total', label: 'outcome', help: 'contents by what became of them' },
});

const SHOWN = Object.freeze({
  devices: 'devices that may come',
  readings_kept: 'readings in the store that nobody has read out',
  server_link: '1 while the link to the server is there',
  records_queued: 'records that wait for the server',
});

export function createMetrics(log: Log): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const readings = new Counter({
    name: 'pne_readings_total',
    help: 'verified readings that were stored',
    registers,
  });
  const counters = new Map(
    Object.entries(COUNTED).map(([event, { name, label, help }]) => [
      event,
      new Counter({ name, help, labelNames: [label], registers }),
    ]),
  );
  return {
    log(event, facts = {}): void {
      const label = COUNTED[event]?.label;
      if (label !== undefined) counters.get(event)!.inc({ [label]: String(facts[label]) });
      log(event, facts);
    },
    reading: () => readings.inc(),
    show(name, value): void {
      const collect = function (this: Gauge): void {
        this.set(value());
      };
      new Gauge({ name: `pne_${name}`, help: SHOWN[name], registers, collect });
    },
    listen: (host, port) => serve(registry, host, port),
  };
}

function serve(registry: Registry, host: string, port: number): Promise<Listener> {
  const { metricsMaxConnections, metricsTimeoutMs } = NodeLimits;
  const times = {
    requestTimeout: metricsTimeoutMs,
    headersTimeout: metricsTimeoutMs,
    connectionsCheckingInterval: LOOK_FOR_SLOW_MS,
  };
  const server = createServer(times, (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  boundConnections(server, metricsMaxConnections);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address() as { port: number };
      resolve({
        port: address.port,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
