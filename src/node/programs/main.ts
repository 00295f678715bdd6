// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime`: the entities as programs. Exit status 0 after SIGTERM or SIGINT, 1 on failure, 2 on misuse. */
import { readFileSync } from 'node:fs';
import { createNodeProvider } from '../crypto/provider.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { parseAddress, readConfig, UsageError, type Values } from './config.ts';
import { GATEWAY_OPTIONS, startGatewayProgram } from './gateway.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Program, ProgramContext } from './program.ts';
import { SERVER_OPTIONS, startServerProgram } from './server.ts';

const SIGNALS = Object.freeze(['SIGTERM', 'SIGINT'] as const);

/** What all programs take. */
type Common = 'log' | 'metrics';

/** Whatever is still under way then is given up: it was not acknowledged. */
const CLOSING_MS = 10_000;

async function main([command = '', ...args]: readonly string[]): Promise<void> {
  if ([command, ...args].some((arg) => arg === '-h' || arg === '--help'))
    return void process.stdout.write(readFileSync(new URL('usage.txt', import.meta.url)));
  const provider = createNodeProvider();
  if (command === 'admin') {
    const config = readConfig(ADMIN_OPTIONS, args, process.env);
    return administer(config, provider, (line) => console.log(line));
  }
  if (command === 'server') return serve(readOwn(SERVER_OPTIONS, args), startServerProgram);
  if (command === 'gateway') return serve(readOwn(GATEWAY_OPTIONS, args), startGatewayProgram);
  // Loaded where it is wanted: a server that starts again after a failure has no need of MQTT.
  if (command === 'bridge') {
    const { BRIDGE_OPTIONS, startBridgeProgram } = await import('./bridge.ts');
    return serve(readOwn(BRIDGE_OPTIONS, args), startBridgeProgram);
  }
  if (command === 'http') {
    const { HTTP_OPTIONS, startHttpProgram } = await import('./http.ts');
    return serve(readOwn(HTTP_OPTIONS, args), startHttpProgram);
  }
  throw new UsageError('pne-runtime takes one of server, gateway, bridge, http, admin');

  async function serve<Name extends string>(
    values: Values<Name | Common>,
    start: (values: Values<Name | Common>, context: ProgramContext) => Promise<Program>,
  ): Promise<void> {
    const say = createLog(
      values.log === 'json' ? 'json' : 'text',
      (line) => process.stderr.write(line),
      () => new Date(),
    );
    const metrics = createMetrics(say);
    const { log } = metrics;
    // Whoever reads that it listens may end it at once.
    const asked = new Promise<string>((resolve) => {
      for (const signal of SIGNALS) process.once(signal, resolve);
    });
    let onFailed = (_error: Error): void => {};
    const failed = new Promise<Error>((resolve) => {
      onFailed = resolve;
    });
    let [isStarting, isAsked, isLost] = [true, false, false];
    // Else a start goes on to its end, and what it finds to do is done before the program ends.
    const leave = () => {
      if (isStarting && isAsked && isLost) process.exit(0);
    };
    void asked.then(() => {
      isAsked = true;
      leave();
    });
    const program = await start(values, {
      ...{ provider, log, metrics, onFailed },
      losses: {
        isStarting: () => isStarting,
        onLost({ message }): void {
          log('database-lost', { reason: message });
          isLost = true;
          leave();
        },
      },
      onBroken: (error) => die(log, error),
    });
    isStarting = false;
    if (values.metrics !== '') await listenMetrics(metrics, values.metrics);
    void asked.then((signal) => end(program, log, 0, { signal }));
    void failed.then(({ message }) => end(program, log, 1, { reason: message }));
  }
}

/** Whoever looks is cut off when the program ends. */
async function listenMetrics(metrics: Metrics, address: string): Promise<void> {
  const { host, port } = parseAddress(address);
  const listener = await metrics.listen(host, port);
  metrics.log('metrics', { address: `http://${host}:${listener.port}/metrics` });
}

function readOwn<Name extends string>(
  specs: Parameters<typeof readConfig<Name>>[0],
  args: readonly string[],
): Values<Name> {
  const { values, positionals } = readConfig(specs, args, process.env);
  if (positionals.length > 0) throw new UsageError(`nothing takes '${positionals[0]}'`);
  return values;
}

async function end(
  program: Program,
  log: Log,
  status: number,
  why: Readonly<Record<string, string>>,
): Promise<void> {
  log('stopping', why);
  setTimeout(() => process.exit(1), CLOSING_MS).unref();
  await program.close();
  log('stopped');
  process.exit(status);
}

/** The store is as the last commit left it. This process's memory may not be: it runs nothing more. */
function die(log: Log, { message }: Error): never {
  log('store-broken', { reason: message });
  process.kill(process.pid, 'SIGKILL');
  throw new Error(message);
}

/** The first line of what is wrong, and what can be done about it. */
function fail(error: NodeJS.ErrnoException): void {
  const hint = error.code === 'EADDRINUSE' ? ': end what listens there, or choose another --listen' : '';
  console.error(`pne-runtime: ${error.message}${hint}`);
  if (error instanceof UsageError) console.error('pne-runtime --help lists the options');
  process.exit(error instanceof UsageError ? 2 : 1);
}

await main(process.argv.slice(2)).catch(fail);
