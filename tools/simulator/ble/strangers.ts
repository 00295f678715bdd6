// SPDX-License-Identifier: Apache-2.0

/** Devices on an air that are of no network: a board whose firmware is played, and those who want in (stranger.ts). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { End, Values } from '../../interop/end.ts';
import { startProcessEnd } from '../../interop/process-end.ts';
import { parseAddress } from '../controller/address.ts';
import type { Air } from '../controller/air/air.ts';
import { type ControllerServer, serveController } from '../controller/server.ts';
import { openScratch, type Scratch } from '../scratch.ts';
import { openPlayedBoard, type PlayedBoard, type PlayedBoardOptions } from './played-board.ts';
import { bundleBleProgram } from './stack-process.ts';

/** Returns the path of the program. */
export function bundleStranger(): Promise<string> {
  return bundleBleProgram(fileURLToPath(new URL('stranger.ts', import.meta.url)), 'ble-stranger');
}

export class Strangers {
  private readonly air: Air;
  private readonly scratch: Scratch = openScratch();
  private readonly controllers: ControllerServer[] = [];
  private readonly started: { close(): Promise<void> }[] = [];

  constructor(air: Air) {
    this.air = air;
  }

  async board(
    address: string,
    options: Pick<PlayedBoardOptions, 'io' | 'authenticated' | 'services'>,
  ): Promise<PlayedBoard> {
    const { folder, controller } = await this.place('board', address);
    const board = await openPlayedBoard({ ...options, folder, controller, address });
    this.started.push(board);
    return board;
  }

  /** `options`: those of `open` in stranger.ts. */
  async stranger(name: string, address: string, options: Values): Promise<End> {
    const { folder: cwd, controller: socket } = await this.place(name, address);
    const end = startProcessEnd({ name, command: process.execPath, args: [await bundleStranger()], cwd });
    this.started.push(end);
    await end.ask({ ...options, do: 'open', socket, address });
    return end;
  }

  async close(): Promise<void> {
    for (const device of this.started.splice(0)) await device.close();
    for (const controller of this.controllers.splice(0)) await controller.close();
    this.scratch.remove();
  }

  /** A controller each: several devices of one address may be on the air. */
  private async place(name: string, address: string): Promise<{ folder: string; controller: string }> {
    const folder = join(this.scratch.folder, name);
    await mkdir(folder, { recursive: true });
    const controller = join(folder, 'hci');
    const { air } = this;
    this.controllers.push(await serveController({ air, address: parseAddress(address), path: controller }));
    return { folder, controller };
  }
}
