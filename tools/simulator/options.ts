// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';
import { Algorithm, algorithmParameters } from '../../src/crypto/algorithms.ts';
import { ImplementationLimits } from '../../src/limits.ts';

/** Where PNEs of the simulator can run. */
const BOARDS: readonly string[] = Object.freeze(['linux', 'qemu-rv32']);

/** How they may reach the gateway. */
const LINKS = Object.freeze(['ble', 'stream'] as const);

export type LinkName = (typeof LINKS)[number];

export const USAGE = `usage: npm start -- [options]
  --input FILE      readings to send: CSV with a header, or NDJSON; - reads standard input
                    (default: the sample file, over and over)
  --pnes N          number of PNEs, 1 to ${ImplementationLimits.gatewayMaxPnes} (default 3)
  --board NAMES     what the PNEs run on: ${BOARDS.join(' or ')}; several with commas between them are
                    dealt to the PNEs in turn (default linux)
  --link NAME       how PNEs reach the gateway: ble, or stream: TCP from linux, a serial line from
                    qemu-rv32 (default ble)
  --once            end after the input: exit status 0 if the server has every reading
  --interval MS     pause between two readings of a PNE (default 1000; with --once 0)
  --algorithm NAME  the only AEAD the server takes on CPNS-3, by IANA's COSE name
                    (default: what the policies of PNE and server prefer)
  --json            one JSON document on standard output, at the end
  --help            this text`;

export interface Options {
  /** A path, '-' for standard input, or undefined for the sample file. */
  readonly input: string | undefined;
  readonly pnes: number;
  /** Names of boards, at least one. */
  readonly boardNames: readonly string[];
  readonly link: LinkName;
  readonly once: boolean;
  readonly intervalMs: number;
  /** COSE number of an AEAD. */
  readonly algorithm: number | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

/** An error of the user's own making: shown in one line, exit status 2. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[]): Options {
  const values = parseValues(args);
  const once = values.once ?? false;
  return {
    input: values.input,
    pnes: wholeNumber('--pnes', values.pnes ?? '3', 1, ImplementationLimits.gatewayMaxPnes),
    boardNames: boardNames(values.board ?? 'linux'),
    link: linkName(values.link ?? 'ble'),
    once,
    intervalMs: wholeNumber('--interval', values.interval ?? (once ? '0' : '1000'), 0, 86_400_000),
    algorithm: values.algorithm === undefined ? undefined : algorithmNamed(values.algorithm),
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parseValues(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        input: { type: 'string' },
        pnes: { type: 'string' },
        board: { type: 'string' },
        link: { type: 'string' },
        once: { type: 'boolean' },
        interval: { type: 'string' },
        algorithm: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    const [firstLine] = (error as Error).message.split('\n');
    throw new UsageError(`${firstLine} (npm start -- --help lists the options)`);
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not '${text}'`);
}

function boardNames(text: string): string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !BOARDS.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--board takes names of ${BOARDS.join(', ')}; not '${unknown}'`);
}

function linkName(text: string): LinkName {
  const name = LINKS.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`--link takes one of ${LINKS.join(', ')}; not '${text}'`);
}

function algorithmNamed(name: string): number {
  const aeads = Object.values(Algorithm).filter((number) => algorithmParameters(number)?.kind === 'aead');
  const found = aeads.find((number) => algorithmParameters(number)?.name === name);
  if (found !== undefined) return found;
  const names = aeads.map((number) => algorithmParameters(number)?.name).join(', ');
  throw new UsageError(`--algorithm takes one of ${names}; not '${name}'`);
}
