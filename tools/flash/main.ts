// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run flash`: an image and an identity onto a board, and what it says then. Exit status 0, 1 where that failed, 2 on
 * misuse; each failure is a line that says what to do.
 */
import { UsageError } from '../../src/node/programs/config.ts';
import { writeStoreFlash, writeStoreFolder } from '../provision/stores.ts';
import { chooseImage } from './choose-image.ts';
import { flash } from './flasher.ts';
import { identityFor, partsOf, readIdentity } from './image.ts';
import { MONITOR_RATE, Monitor } from './monitor.ts';
import { NodePort } from './node-port.ts';
import { type FlashCommand, readCommand, USAGE } from './options.ts';
import { FlashProblem, ROM_RATE } from './part.ts';
import { PLACES, serialPorts } from './ports.ts';
import { restart } from './web-port.ts';

async function main(args: readonly string[]): Promise<void> {
  const command = readCommand(args);
  if (command === undefined) return console.log(USAGE);
  const { board } = command;
  if (board === 'linux' || board === 'qemu-rv32') return writeStore(command);
  const port = choosePort(command);
  if (!command.isDry) await tryPort(port);
  const image = await chooseImage(board, command);
  if (image === undefined)
    return console.log(`would build ${command.program} for ${board}, and write it to ${port}`);
  if (image.chip !== board)
    throw new FlashProblem(`the image is for ${image.chip}, and the board is ${board}`);
  const parts = partsOf(image);
  const identity =
    command.provision === undefined ? undefined : identityFor(command.provision, command.replaces, parts);
  const all = identity === undefined ? parts : [...parts, identity.partition];
  if (command.isDry) {
    console.log(`would write to ${port}, where an ${board} has to be:`);
    for (const { name, offset, bytes } of all.sort((a, b) => a.offset - b.offset))
      console.log(`  0x${offset.toString(16).padStart(6, '0')}  ${name}, ${bytes.length} bytes`);
    return;
  }
  await writeBoard(command, new NodePort(port), { chip: board, parts, ...(identity && { identity }) });
}

async function writeBoard(
  command: FlashCommand,
  port: NodePort,
  job: Parameters<typeof flash>[1],
): Promise<void> {
  const { baudRate, usesStub } = command;
  const report = { onStep: (step: string) => console.log(step), onProgress };
  try {
    await Promise.race([flash({ port, baudRate, usesStub, ...report }, job), port.gone]);
  } catch (error) {
    await port.close();
    throw error;
  }
  await port.setBaudRate(MONITOR_RATE);
  const monitor = new Monitor((line) => console.log(line));
  if (command.isMonitored) {
    console.log(`what it says, at ${MONITOR_RATE} bits a second; Ctrl-C ends this:`);
    port.listen((bytes) => monitor.receive(bytes));
  }
  await restart(port);
  if (command.isMonitored) await port.gone;
  await port.close();
}

/** On a terminal, in place of the line before. */
function onProgress(part: string, percent: number): void {
  if (process.stdout.isTTY) process.stdout.write(`${part}: ${percent} %\r`);
}

function choosePort({ port }: FlashCommand): string {
  if (port !== undefined) return port;
  const [only, ...others] = serialPorts(PLACES);
  if (only === undefined)
    throw new FlashProblem('no serial port is there: connect the board by a cable that carries data');
  if (others.length > 0) throw new FlashProblem(`name one of the ports: ${[only, ...others].join(', ')}`);
  return only;
}

/** What is wrong with it is said before minutes go into an image. */
async function tryPort(path: string): Promise<void> {
  const port = new NodePort(path);
  await port.open({ baudRate: ROM_RATE });
  await port.close();
}

/** Of a board without a bootloader. */
async function writeStore({ board, port, provision, isDry }: FlashCommand): Promise<void> {
  if (port === undefined || provision === undefined)
    throw new UsageError(`of ${board} the store is written: name it in place of the port, and --provision`);
  const image = readIdentity(provision);
  if (isDry) return console.log(`would write the store ${port}`);
  if (board === 'linux') writeStoreFolder(image, port);
  else await writeStoreFlash(image, port);
  console.log(`${port} written`);
}

function fail(error: Error): void {
  console.error(`flash: ${error.message}`);
  if (error instanceof UsageError) console.error('npm run flash -- --help lists the options');
  process.exit(error instanceof UsageError ? 2 : 1);
}

await main(process.argv.slice(2)).then(() => process.exit(), fail);
