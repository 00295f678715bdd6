// SPDX-License-Identifier: Apache-2.0

/** The air of a simulated personal network: PNEs with their stacks on it, and the gateway's central. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImplementationLimits } from '../../../src/limits.ts';
import type { BleDemand } from '../../../src/link/ble.ts';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { After } from '../../../src/link/timer.ts';
import { openBondFiles } from '../../../src/node/ble/bond-files.ts';
import { Bonds } from '../../../src/node/ble/bonds.ts';
import { type Central, startCentral } from '../../../src/node/ble/central.ts';
import type { HciTransport } from '../../../src/node/ble/h4-socket.ts';
import { openHost } from '../../../src/node/ble/host.ts';
import { parseAddress } from '../controller/address.ts';
import { Air } from '../controller/air/air.ts';
import { type Pacing, startPacing } from '../controller/air/pacing.ts';
import { type ControllerServer, serveController } from '../controller/server.ts';
import { openTransport } from '../controller/transport.ts';
import { Passkeys } from './passkeys.ts';
import { type StackProcess, startStack } from './stack-process.ts';

/** SMP's KeyboardDisplay: somebody stands in front of the gateway's terminal. */
const KEYBOARD_DISPLAY = 4;
/** As long as PDUs may be; ble-host never asks for longer ones. */
const DATA_OCTETS = 251;
const GATEWAY_ADDRESS = 'C0:00:00:00:00:01';

export interface RadioOptions {
  /** What `bundleStack` returned. */
  readonly program: string;
  /** Seconds of the air in one of the wall. */
  readonly speed: number;
  /** The largest MTU of PNEs. */
  readonly mtu: number;
  /** Octets that PNEs ask to send at once: as many as there can be, unless given. */
  readonly pneOctets?: number;
  /** What the gateway asks of a connection: that a man in the middle is excluded, unless given. */
  readonly demand?: BleDemand;
  /** Who stands in front of both: what the PNE of that name shows, and what is typed at the gateway. */
  typePasskey(pne: string, shown: number, signal: AbortSignal): Promise<number>;
  /** A PNE was not secured, in words. */
  onProblem(pne: string, problem: string): void;
}

/** Sees packets of HCI, and changes none. */
export interface HostWatcher {
  received(packet: Uint8Array): void;
  sent(packet: Uint8Array): void;
}

export class Radio {
  readonly air = new Air(randomBytes);
  private readonly options: RadioOptions;
  private readonly pacing: Pacing;
  private readonly passkeys: Passkeys;
  private readonly addresses = new Map<string, string>();
  private readonly awaited = new Map<string, (problem: string) => void>();
  private readonly controllers = new Map<string, ControllerServer>();
  private readonly stacks: StackProcess[] = [];
  private transport: HciTransport | undefined;
  private central: Central | undefined;
  private isPaused = false;
  private formerFolder: string | undefined;
  private watcher: HostWatcher | undefined;

  constructor(options: RadioOptions) {
    this.options = options;
    this.pacing = startPacing(this.air.clock, options.speed);
    this.passkeys = new Passkeys((address, shown, signal) =>
      options.typePasskey(this.nameOf(address), shown, signal),
    );
  }

  /** Has `watcher` see what passes between the gateway's controller and its host, from the gateway's start on. */
  watchHost(watcher: HostWatcher): void {
    this.watcher = watcher;
  }

  /** The address of the PNE in that folder: the same each time. */
  addressOf(folder: string): string {
    const known = this.addresses.get(folder);
    if (known !== undefined) return known;
    const number = (2 + this.addresses.size).toString(16).padStart(2, '0').toUpperCase();
    const address = `C0:00:00:00:00:${number}`;
    this.addresses.set(folder, address);
    return address;
  }

  /** Gives the board in that folder a stack and a controller. The stack ends with the board. */
  async openStack(folder: string): Promise<StackProcess> {
    const address = this.addressOf(folder);
    const controller = await this.serve(address, folder);
    const { program, mtu } = this.options;
    const stack = await startStack({
      program,
      folder: join(folder, 'ble'),
      controller,
      address,
      mtu,
      onFailed: (problem) => this.options.onProblem(basename(folder), problem),
    });
    this.stacks.push(stack);
    return stack;
  }

  /** The PNE in that folder shows a passkey. */
  showPasskey(folder: string, passkey: number): void {
    this.shows(this.addressOf(folder), passkey);
  }

  /** A device with that address does. */
  shows(address: string, passkey: number): void {
    this.passkeys.show(address, passkey);
  }

  /** The next problem that the gateway has with that address. */
  problemOf(address: string): Promise<string> {
    return new Promise((resolve) => this.awaited.set(address, resolve));
  }

  /**
   * Starts the gateway's central. Its bonds lie in `folder`, which becomes the working directory: that is
   * where ble-host keeps its keys.
   */
  async startGateway(folder: string, after: After, onLink: (link: Link) => LinkEvents): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.formerFolder = process.cwd();
    process.chdir(folder);
    const { air } = this;
    const { demand = { authenticated: true } } = this.options;
    this.transport = openTransport({
      air,
      address: parseAddress(GATEWAY_ADDRESS),
      dataOctets: DATA_OCTETS,
    });
    if (this.watcher !== undefined) watchTransport(this.transport, this.watcher);
    const bonds = new Bonds(openBondFiles('bonds'), ImplementationLimits.gatewayMaxPnes);
    const manager = await openHost({
      transport: this.transport,
      address: GATEWAY_ADDRESS,
      demand,
      ioCapabilities: KEYBOARD_DISPLAY,
      bonds,
      onProblem: (problem) => this.options.onProblem('gateway', problem),
    });
    this.central = startCentral({
      manager,
      bonds,
      demand,
      ioCapabilities: KEYBOARD_DISPLAY,
      after,
      random: Math.random,
      onLink,
      user: ({ address }) => ({
        typePasskey: (answer) => this.passkeys.want(address, answer),
        showPasskey(): void {},
        compare(): void {},
      }),
      onProblem: ({ address }, problem) => {
        this.passkeys.forget(address);
        this.awaited.get(address)?.(problem);
        this.awaited.delete(address);
        this.options.onProblem(this.nameOf(address), problem);
      },
      onFailed(): void {},
    });
    if (this.isPaused) this.central.pause();
  }

  /** The gateway seeks no PNE until `resume`: its server is away. */
  pause(): void {
    this.isPaused = true;
    this.central?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.central?.resume();
  }

  /** The gateway's owner forgets the bond with the PNE in that folder: it may pair anew. */
  forget(folder: string): void {
    this.central?.forget({ addressType: 'random', address: this.addressOf(folder) });
  }

  async close(): Promise<void> {
    this.transport?.close();
    // Some may wait for a board that has not come.
    for (const stack of this.stacks) stack.process.kill();
    this.pacing.stop();
    if (this.formerFolder !== undefined) process.chdir(this.formerFolder);
    await Promise.all([...this.controllers.values()].map((controller) => controller.close()));
  }

  /** The name of the PNE with that address: its folder's, where it is one of ours. */
  nameOf(address: string): string {
    const [folder] = [...this.addresses].find(([, known]) => known === address) ?? [address];
    return basename(folder);
  }

  /** Returns the socket of the controller with that address, which lies in the PNE's folder. */
  private async serve(address: string, folder: string): Promise<string> {
    const path = join(folder, 'hci');
    if (this.controllers.has(address)) return path;
    const { air } = this;
    const { pneOctets: dataOctets = DATA_OCTETS } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const controller = await serveController({ air, address: parseAddress(address), path, dataOctets });
    this.controllers.set(address, controller);
    return path;
  }
}

function watchTransport(transport: HciTransport, watcher: HostWatcher): void {
  transport.on('data', (packet: Uint8Array) => watcher.received(packet));
  const write = transport.write.bind(transport);
  transport.write = (packet) => {
    watcher.sent(packet);
    write(packet);
  };
}
