// SPDX-License-Identifier: Apache-2.0

/** A PostgreSQL of one's own, from the programs that Debian installs, in a folder that goes with the process. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALLED = '/usr/lib/postgresql';
/** PostgreSQL does not run as root: Debian's package brings this user. */
const USER = 'postgres';

export interface PostgresServer {
  /** A new, empty database each time. */
  createDatabase(): string;
  /** Ends without writing anything more, as in a crash, and starts again. */
  crash(): void;
  /** Ends all connections of a database from the server's side. */
  disconnect(url: string): void;
  /** Lines of psql for a statement. */
  ask(url: string, statement: string): string;
}

/** The folder of the newest PostgreSQL's programs, undefined where none is installed. */
export function findPostgres(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  const newestFirst = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a));
  return newestFirst
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((path) => existsSync(join(path, 'initdb')));
}

/** Starts one that listens on a socket in its folder alone. */
export function startPostgres(programs: string): PostgresServer {
  const folder = runAs(() => ['mktemp', '-d', join(tmpdir(), 'pne-postgres-XXXXXX')]).trim();
  const data = join(folder, 'data');
  const run = (program: string, ...args: string[]) => runAs(() => [join(programs, program), ...args]);
  const control = (...args: string[]) => run('pg_ctl', '-s', '-w', '-D', data, ...args);
  // What a commit costs is the same on a disk of the user's; what is tested does not depend on it.
  run('initdb', '-D', data, '-A', 'trust', '-U', USER, '-E', 'UTF8', '--locale=C');
  const options = `-c listen_addresses='' -c unix_socket_directories='${folder}' -c max_connections=200`;
  const start = () => control('-l', join(folder, 'log'), '-o', options, 'start');
  start();
  process.on('exit', () => {
    control('-m', 'immediate', 'stop');
    rmSync(folder, { recursive: true, force: true });
  });
  let databases = 0;
  const ask = (url: string, statement: string) => run('psql', '-X', '-A', '-t', '-d', url, '-c', statement);
  const urlOf = (name: string) => `postgres://${USER}@/${name}?host=${encodeURIComponent(folder)}`;
  return {
    createDatabase(): string {
      databases += 1;
      ask(urlOf(USER), `CREATE DATABASE test_${databases}`);
      return urlOf(`test_${databases}`);
    },
    crash(): void {
      control('-m', 'immediate', 'stop');
      start();
    },
    disconnect(url: string): void {
      const name = new URL(url.replace('@/', '@localhost/')).pathname.slice(1);
      ask(
        urlOf(USER),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
      );
    },
    ask,
  };
}

function runAs(command: () => string[]): string {
  const [program = '', ...args] =
    process.getuid?.() === 0 ? ['runuser', '-u', USER, '--', ...command()] : command();
  return execFileSync(program, args, { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
}
