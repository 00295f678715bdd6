// SPDX-License-Identifier: Apache-2.0

/**
 * Writes an image to a board by its bootloader, with Espressif's esptool-js: in Node and in a browser. What is wrong is
 * one line that says what to do.
 */
import { ESPLoader, Transport } from 'esptool-js';
import { checkIdentity, type Identity } from './identity.ts';
import { during, type FlashPart, FlashProblem, isThere, ROM_RATE } from './part.ts';
import { restart, type WebPort } from './web-port.ts';

export interface FlashJob {
  /** As esptool names it: `esp32c3`. */
  readonly chip: string;
  readonly parts: readonly FlashPart[];
  /** Who the board is to be, in its partition `nvs`. */
  readonly identity?: Identity;
}

export interface FlashOptions {
  readonly port: WebPort;
  readonly baudRate: number;
  /** False: the bootloader of the ROM alone, which is slower and cannot be read from. */
  readonly usesStub: boolean;
  /** How often the board is asked for its bootloader. */
  readonly attempts?: number;
  /** A line for people. */
  onStep(step: string): void;
  onProgress(part: string, percent: number): void;
}

const ATTEMPTS = 7;
const SILENT = Object.freeze({ clean(): void {}, write(): void {}, writeLine(): void {} });

/**
 * The port is open afterwards, and the board in its bootloader; the caller restarts it. Returns what closes the port.
 * Rejects with a `FlashProblem`: then the board runs what it has, and the port is closed.
 */
export async function flash(options: FlashOptions, job: FlashJob): Promise<() => Promise<void>> {
  const loader = loaderOn(options);
  const close = () => loader.transport.disconnect();
  try {
    await writeAll(loader, options, job);
    return close;
  } catch (error) {
    await restart(options.port)
      .then(close)
      .catch(() => {});
    throw error;
  }
}

async function writeAll(loader: ESPLoader, options: FlashOptions, job: FlashJob): Promise<void> {
  await connect(loader, options);
  checkChip(loader, job.chip, options);
  await during('preparing it', async () => {
    if (!options.usesStub) return beginWithRom(loader);
    await loader.runStub();
    if (options.baudRate !== ROM_RATE) await loader.changeBaud();
  });
  const partition = job.identity?.partition;
  await checkSize(loader, partition === undefined ? job.parts : [...job.parts, partition]);
  const isNew = job.identity !== undefined && (await checkIdentity(loader, job.identity, options.onStep));
  const parts = isNew ? [...job.parts, partition!] : [...job.parts];
  for (const part of parts.sort((a, b) => a.offset - b.offset)) await write(loader, part, options);
}

/** Its blocks are shorter than the stub's, which esptool-js takes: what the ROM erases would be rounded up to those. */
async function beginWithRom(loader: ESPLoader): Promise<void> {
  loader.FLASH_WRITE_SIZE = loader.chip.FLASH_WRITE_SIZE;
  await loader.flashSpiAttach(0);
}

function loaderOn({ port, baudRate }: FlashOptions): ESPLoader {
  const transport = new Transport(port as ConstructorParameters<typeof Transport>[0]);
  // It traces to the console, of the end of a port too.
  transport.trace = () => {};
  return new ESPLoader({ transport, baudrate: baudRate, romBaudrate: ROM_RATE, terminal: SILENT });
}

async function connect(loader: ESPLoader, { onStep, attempts = ATTEMPTS }: FlashOptions): Promise<void> {
  onStep('looking for the bootloader');
  try {
    await loader.detectChip('default_reset', attempts);
  } catch (error) {
    if (error instanceof FlashProblem || !/connect|serial|response/i.test((error as Error).message))
      throw error;
    throw new FlashProblem(
      'no bootloader answers: hold BOOT, press and release RESET, let go of BOOT, and run it again',
    );
  }
}

function checkChip(loader: ESPLoader, expected: string, { onStep }: FlashOptions): void {
  const found = loader.chip.CHIP_NAME;
  onStep(`found an ${found}`);
  const name = found.toLowerCase().replace('-', '');
  if (name !== expected)
    throw new FlashProblem(`the board has an ${found} and the image is for ${expected}: name board ${name}`);
}

async function checkSize(loader: ESPLoader, parts: readonly FlashPart[]): Promise<void> {
  const size = await during('reading the size of its flash', () => loader.detectFlashSize());
  if (size === undefined)
    throw new FlashProblem('the flash of the board does not answer: disconnect what else is on its pins');
  const end = Math.max(...parts.map(({ offset, bytes }) => offset + bytes.length));
  if (end > loader.flashSizeBytes(size as Parameters<typeof loader.flashSizeBytes>[0]))
    throw new FlashProblem(
      `the image takes ${end} bytes and the board has ${size} of flash: take another board`,
    );
}

async function write(
  loader: ESPLoader,
  part: FlashPart,
  { onStep, onProgress }: FlashOptions,
): Promise<void> {
  const { name, offset, bytes } = part;
  if (await isThere(loader, part)) return onStep(`${name}: there already`);
  await during(`writing the ${name}`, () =>
    loader.writeFlash({
      fileArray: [{ data: bytes, address: offset }],
      flashMode: 'keep',
      flashFreq: 'keep',
      flashSize: 'keep',
      eraseAll: false,
      compress: true,
      reportProgress: (_file, written, total) => onProgress(name, Math.floor((100 * written) / total)),
    }),
  );
  if (!(await isThere(loader, part)))
    throw new FlashProblem(
      `what was written at 0x${offset.toString(16)} reads otherwise: run it again, with --baud ${ROM_RATE}; ` +
        'where that does not help, the flash is worn',
    );
  onStep(`${name}: ${bytes.length} bytes written and verified`);
}
