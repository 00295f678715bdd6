// SPDX-License-Identifier: Apache-2.0

/**
 * A chip with Espressif's serial bootloader, at the other end of a line (esptool's documentation, "Serial Protocol"):
 *
 *     request  = 00 ‖ command (1) ‖ length (2) ‖ checksum (4) ‖ data
 *     response = 01 ‖ command (1) ‖ length (2) ‖ value (4) ‖ data ‖ status
 *
 * in packets of SLIP, little-endian. A status is an error, a code and, of the ROM, two zeros. The ROM takes a program into
 * RAM, the stub, which then takes its place and knows more commands; what that is is not looked at.
 */
import { inflateSync } from 'node:zlib';
import { CHIPS, type ChipName } from './simulated-chips.testing.ts';
import { SimulatedFlash } from './simulated-flash.testing.ts';
import { encodeSlip, SlipReader } from './slip.testing.ts';

export interface SimulatedChipOptions {
  readonly chip: ChipName;
  readonly flashBytes?: number;
  /** It does not get into its bootloader by the lines of the port: no button is pressed. */
  readonly ignoresLines?: boolean;
  /** It is in its bootloader already, as with BOOT pressed. */
  readonly isInBootloader?: boolean;
  /** What its program says when it starts. */
  readonly greeting?: string;
  /** A line of bytes to the host. */
  readonly send: (bytes: Uint8Array) => void;
  /** Called in front of each command: whether the board is still there. */
  readonly isThere?: (command: number) => boolean;
}

interface Answer {
  readonly value?: number;
  readonly data?: Uint8Array;
  /** 0: all is well. */
  readonly error?: number;
}

export const Command = Object.freeze({
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  memoryBegin: 0x05,
  memoryEnd: 0x06,
  memoryData: 0x07,
  sync: 0x08,
  writeRegister: 0x09,
  readRegister: 0x0a,
  setParameters: 0x0b,
  attach: 0x0d,
  changeRate: 0x0f,
  deflatedBegin: 0x10,
  deflatedData: 0x11,
  deflatedEnd: 0x12,
  md5: 0x13,
  securityInfo: 0x14,
  readFlash: 0xd2,
});

const INVALID_MESSAGE = 0x05;
const INVALID_CHECKSUM = 0x07;
const FAILED = 0x06;
const CHECKSUM_SEED = 0xef;
/** A data packet begins with its length, its number and two words of zeros. */
const DATA_HEADER = 16;
const SYNC_ANSWERS = 8;
/** A manufacturer's id, and in front of it the size as a power of two. */
const FLASH_ID = 0x1640ef;
const READ_ID = 0x9f;
const RUN = 1 << 18;
const BOOT_LOG = 'ESP-ROM:simulated\r\nrst:0x1 (POWERON),boot:0x';

export class SimulatedChip {
  readonly flash: SimulatedFlash;
  /** Commands in order, as they came. */
  readonly commands: number[] = [];
  hasStub = false;
  private readonly options: SimulatedChipOptions;
  private readonly slip = new SlipReader((packet) => this.take(packet));
  private readonly registers = new Map<number, number>();
  private isInBootloader: boolean;
  private isHeld = false;
  private writing = { offset: 0, blockSize: 0, deflated: [] as Buffer[], next: 0 };
  private reading: { at: number; end: number; block: number } | undefined;

  constructor(options: SimulatedChipOptions) {
    this.options = options;
    this.flash = new SimulatedFlash(options.flashBytes ?? 4 * 1024 * 1024);
    this.isInBootloader = options.isInBootloader ?? false;
  }

  receive(bytes: Uint8Array): void {
    if (this.isInBootloader) this.slip.receive(bytes);
  }

  /** Of the usual circuit: RTS alone holds it in reset, DTR alone is BOOT. */
  setLines({ dtr, rts }: { readonly dtr: boolean; readonly rts: boolean }): void {
    const isHeld = rts && !dtr;
    if (this.isHeld && !isHeld) this.start(dtr && !rts && !this.options.ignoresLines);
    this.isHeld = isHeld;
  }

  private start(inBootloader: boolean): void {
    this.isInBootloader = inBootloader;
    this.hasStub = false;
    const { greeting = 'hello' } = this.options;
    const log = inBootloader
      ? '7 (DOWNLOAD)\r\nwaiting for download\r\n'
      : `f (FLASH_BOOT)\r\n${greeting}\r\n`;
    this.options.send(Buffer.from(`${BOOT_LOG}${log}`));
  }

  private take(packet: Buffer): void {
    if (this.reading !== undefined && packet.length === 4) return this.readOn(packet.readUInt32LE());
    if (packet.length < 8 || packet[0] !== 0) return;
    const command = packet[1]!;
    this.commands.push(command);
    if (this.options.isThere?.(command) === false) return;
    const data = packet.subarray(8);
    if (data.length !== packet.readUInt16LE(2)) return this.answer(command, { error: INVALID_MESSAGE });
    const times = command === Command.sync ? SYNC_ANSWERS : 1;
    const answer = this.run(command, data, packet.readUInt32LE(4));
    if (answer === undefined) return this.answer(0xff, { error: INVALID_MESSAGE });
    for (let time = 0; time < times; time += 1) this.answer(command, answer);
    if (command === Command.memoryEnd) this.startStub(data);
    if (command === Command.readFlash) this.beginReading(data);
  }

  /** Undefined for a command that it does not know. */
  private run(command: number, data: Buffer, checksum: number): Answer | undefined {
    switch (command) {
      case Command.sync:
        return { value: this.hasStub ? 0 : 0x20120707 };
      case Command.securityInfo:
        return this.securityInfo();
      case Command.readRegister:
        return { value: this.register(data.readUInt32LE()) };
      case Command.writeRegister:
        return this.writeRegister(data.readUInt32LE(), data.readUInt32LE(4));
      case Command.attach:
      case Command.setParameters:
      case Command.changeRate:
      case Command.memoryBegin:
      case Command.memoryEnd:
      case Command.flashEnd:
      case Command.deflatedEnd:
        return {};
      case Command.memoryData:
        return isSound(data, checksum) ? {} : { error: INVALID_CHECKSUM };
      case Command.flashBegin:
      case Command.deflatedBegin:
        return this.beginWriting(data);
      case Command.flashData:
      case Command.deflatedData:
        return this.write(command, data, checksum);
      case Command.md5:
        return this.md5(data.readUInt32LE(), data.readUInt32LE(4));
      case Command.readFlash:
        return this.hasStub ? {} : undefined;
      default:
        return undefined;
    }
  }

  private securityInfo(): Answer | undefined {
    const { id } = CHIPS[this.options.chip];
    if (id === undefined) return undefined;
    const data = Buffer.alloc(20);
    data.writeUInt32LE(id, 12);
    return { data };
  }

  private register(address: number): number {
    return this.registers.get(address) ?? CHIPS[this.options.chip].registers[address] ?? 0;
  }

  /** Of the SPI controller: a command that is run answers at once. */
  private writeRegister(address: number, value: number): Answer {
    const { base, usr2, w0 } = CHIPS[this.options.chip].spi;
    if (address === base && (value & RUN) !== 0) {
      const isId = (this.register(base + usr2) & 0xff) === READ_ID;
      const size = Math.log2(this.flash.bytes.length);
      this.registers.set(base + w0, isId ? (FLASH_ID & 0xffff) | (size << 16) : 0);
    } else this.registers.set(address, value);
    return {};
  }

  private beginWriting(data: Buffer): Answer {
    const [size, , blockSize, offset] = [0, 4, 8, 12].map((at) => data.readUInt32LE(at));
    if (offset! + size! > this.flash.bytes.length) return { error: FAILED };
    this.flash.erase(offset!, size!);
    this.writing = { offset: offset!, blockSize: blockSize!, deflated: [], next: 0 };
    return {};
  }

  private write(command: number, data: Buffer, checksum: number): Answer {
    if (!isSound(data, checksum)) return { error: INVALID_CHECKSUM };
    const { writing } = this;
    if (data.readUInt32LE(4) !== writing.next) return { error: FAILED };
    writing.next += 1;
    const block = data.subarray(DATA_HEADER);
    if (command === Command.flashData) {
      this.flash.write(writing.offset + data.readUInt32LE(4) * writing.blockSize, block);
      return {};
    }
    writing.deflated.push(block);
    this.flash.write(writing.offset, inflateSoFar(writing.deflated));
    return {};
  }

  private md5(offset: number, size: number): Answer {
    const digest = this.flash.md5(offset, size);
    return { data: this.hasStub ? digest : Buffer.from(digest.toString('hex')) };
  }

  private startStub(data: Buffer): void {
    if (data.readUInt32LE(4) === 0) return;
    this.hasStub = true;
    this.options.send(encodeSlip(Buffer.from('OHAI')));
  }

  private beginReading(data: Buffer): void {
    if (!this.hasStub) return;
    const [at, length, block] = [0, 4, 8].map((each) => data.readUInt32LE(each));
    this.reading = { at: at!, end: at! + length!, block: block! };
    this.sendBlock();
  }

  /** The host has so many bytes. */
  private readOn(received: number): void {
    const { reading } = this;
    if (reading === undefined || received === 0) return;
    if (reading.at < reading.end) return this.sendBlock();
    this.reading = undefined;
    this.options.send(encodeSlip(this.flash.md5(reading.end - received, received)));
  }

  private sendBlock(): void {
    const { at, end, block } = this.reading!;
    const next = Math.min(end, at + block);
    this.reading!.at = next;
    this.options.send(encodeSlip(this.flash.bytes.subarray(at, next)));
  }

  private answer(command: number, { value = 0, data = new Uint8Array(0), error = 0 }: Answer): void {
    const status = this.hasStub ? [Math.sign(error), error] : [Math.sign(error), error, 0, 0];
    const packet = Buffer.alloc(8);
    packet[0] = 1;
    packet[1] = command;
    packet.writeUInt16LE(data.length + status.length, 2);
    packet.writeUInt32LE(value >>> 0, 4);
    this.options.send(encodeSlip(Buffer.concat([packet, data, Buffer.from(status)])));
  }
}

function isSound(data: Buffer, checksum: number): boolean {
  const block = data.subarray(DATA_HEADER);
  if (data.readUInt32LE(0) !== block.length) return false;
  return block.reduce((sum, byte) => sum ^ byte, CHECKSUM_SEED) === (checksum & 0xff);
}

/** Of a zlib stream that is not there whole yet, what it has. */
function inflateSoFar(blocks: readonly Buffer[]): Buffer {
  const Z_SYNC_FLUSH = 2;
  return inflateSync(Buffer.concat(blocks), { finishFlush: Z_SYNC_FLUSH });
}
