// SPDX-License-Identifier: Apache-2.0

/**
 * The process in a network namespace of its own, which is there for as long as the process is: it runs strongSwan
 * there, and hands sockets of that namespace to the run. It ends with the run, however that ends.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { connect, createServer, Server, type Socket } from 'node:net';
import type { EndAnswer, EndOrder, EndRequest } from './messages.ts';

const RUN_MS = 60_000;
/** Programs that run: they end with this one. */
const children = new Set<ChildProcess>();

type Done = (answer: Omit<EndAnswer, 'number'>, handle?: Server | Socket) => void;

process.on('message', ({ number, order }: EndRequest) =>
  obey(order, (answer, handle) =>
    process.send!({ number, ...answer }, handle, {}, () => {
      // Else this process would take connections as well, and say nothing.
      if (handle instanceof Server) handle.close();
    }),
  ),
);
// A signal of the terminal is for the run: it needs the connection for what is under way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => {
  for (const child of children) child.kill('SIGKILL');
  process.exit();
});

function obey(order: EndOrder, done: Done): void {
  if (order.kind === 'run') runTo(order.command, done);
  else if (order.kind === 'daemon') startDaemon(order.command, order.config, done);
  else if (order.kind === 'listen') {
    const server = createServer().once('error', ({ message }) => done({ error: message }));
    server.listen(0, order.host, () => done({}, server));
  } else {
    const socket = connect(order.port, order.host).once('error', ({ message }) => done({ error: message }));
    socket.once('connect', () => done({}, socket));
  }
}

function runTo([program = '', ...args]: readonly string[], done: Done): void {
  const child = execFile(program, args, { timeout: RUN_MS }, (error, stdout, stderr) => {
    const [line = ''] = stderr.trim().split('\n').reverse();
    children.delete(child);
    done(error === null ? { output: stdout } : { error: line === '' ? error.message : line });
  });
  children.add(child);
}

function startDaemon([program = '', ...args]: readonly string[], config: string, done: Done): void {
  const env = { ...process.env, STRONGSWAN_CONF: config };
  const daemon = spawn(program, args, { env, stdio: 'ignore', detached: true });
  children.add(daemon);
  daemon.once('error', ({ message }) => done({ error: message }));
  daemon.once('spawn', () => done({}));
}
