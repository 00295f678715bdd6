// SPDX-License-Identifier: Apache-2.0

/** One PNE: the firmware on the XS engine in a process of its own, fed by a sensor that we play. */
import { decodeNews } from '../../firmware/orders/news-message.ts';
import type { Figures } from '../../firmware/sensors/sensor.ts';
import {
  decodeSensorMessage,
  encodeSensorMessage,
  type SensorMessage,
  SensorMessageType,
} from '../../firmware/sensors/sensor-message.ts';
import { CborWriter } from '../../src/cbor/writer.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import {
  encodeInvited,
  encodeProvisioning,
  type Invited,
  type Provisioning,
} from '../../src/roles/provisioning.ts';
import type { Board } from './board.ts';
import { lastWords } from './console.ts';
import type { DeviceUser } from './device-user.ts';
import { endWithUs } from './ending.ts';
import type { Reading } from './input/row.ts';

/** How long a PNE that was asked to end may take. */
const STOP_MS = 2000;

export interface PneProcessOptions {
  readonly board: Board;
  /** Folder for the PNE's store; made where it is missing. */
  readonly folder: string;
  readonly provisioning: Provisioning | Invited;
  /** Where its serial line to the gateway ends, if it has one (PnePlace). */
  readonly linePort: number;
  /** Who uses it, where its board takes orders. */
  readonly user?: DeviceUser;
  /** The firmware asks for so many more readings. */
  onSample(count: number): void;
  onFigures(figures: Figures): void;
  /** The process ended by itself; `problem` says how, in one line. */
  onExit(problem: string): void;
}

export interface PneProcess {
  give(reading: Reading): void;
  end(): void;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
}

export async function startPneProcess(options: PneProcessOptions): Promise<PneProcess> {
  const sensor = new HostedSensor(options);
  const { board, folder, provisioning, linePort } = options;
  const listener = await board.listenFeed((link) => sensor.adopt(link));
  const values = storedValues(provisioning, board.feedNumber(listener.port));
  await board.provision(folder, values).catch(async (error: unknown) => {
    await listener.close();
    throw error;
  });
  const child = board.spawn({ folder, linePort, feedPort: listener.port });
  endWithUs(child);
  let stopping = false;
  const exited = lastWords(child).then((problem) => {
    if (!stopping) options.onExit(problem);
  });
  return {
    give: (reading) => sensor.send({ type: SensorMessageType.reading, payload: reading.payload }),
    end: () => sensor.end(),
    async stop(): Promise<void> {
      stopping = true;
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(killer);
      await listener.close();
    },
  };
}

/** The host's end of a board's sensor feed. */
class HostedSensor {
  private readonly options: PneProcessOptions;
  private link: Link | undefined;
  private hasEnded = false;

  constructor(options: PneProcessOptions) {
    this.options = options;
  }

  /** The input may have ended before the board was there. */
  adopt(link: Link): LinkEvents {
    this.link = link;
    this.options.user?.meet((order) => this.link?.send(order));
    if (this.hasEnded) this.end();
    return {
      onMessage: (bytes) => this.receive(bytes),
      onClosed: () => {
        if (this.link === link) this.link = undefined;
      },
    };
  }

  end(): void {
    this.hasEnded = true;
    this.send({ type: SensorMessageType.end });
  }

  send(message: SensorMessage): void {
    this.link?.send(encodeSensorMessage(message));
  }

  private receive(bytes: Uint8Array): void {
    const news = decodeNews(bytes);
    if (news !== undefined) return this.options.user?.hear(news);
    const message = decodeSensorMessage(bytes);
    if (message.type === SensorMessageType.sample) this.options.onSample(message.count);
    if (message.type === SensorMessageType.figures)
      this.options.onFigures(JSON.parse(message.text) as Figures);
  }
}

/** What provisioning leaves in a PNE's store: its record, and where its sensor is. */
function storedValues(provisioning: Provisioning | Invited, feedNumber: number): Record<string, Uint8Array> {
  return {
    provisioning: 'secret' in provisioning ? encodeInvited(provisioning) : encodeProvisioning(provisioning),
    sensor: new CborWriter().integer(feedNumber).finish(),
  };
}
