// SPDX-License-Identifier: Apache-2.0

/** The firmware's first moments on the Linux board: what comes before the self-test, and what a fault leaves undone. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { newIdentity } from '../../src/node/identity.ts';
import { type Listener, listenTcp } from '../../src/node/tcp.ts';
import { encodeProvisioning } from '../../src/roles/provisioning.ts';
import { bundleForXs } from '../build/bundle.ts';
import { bundleFirmware, fromTimer, linuxRelease } from '../build/firmware.ts';
import { versionDefinition } from '../build/version.ts';
import { engine, spawnXs } from '../build/xs.ts';
import { FAULTS, withFault } from '../test/faulty-image.ts';
import { processBoard } from './board.ts';
import { endWithUs } from './ending.ts';

const test = suite('simulator/self-test');

const { name, version } = engine();
/** A board that hangs ends too. */
const TIMEOUT_MS = 60_000;

/** A PNE that was provisioned for a gateway which listens, and takes down who comes. */
class Trial {
  links = 0;
  readonly lines: string[] = [];
  private readonly folder: string;
  private readonly gateway: Listener;
  private kill: () => Promise<void> = async () => undefined;
  private heard = (): void => undefined;

  private constructor(folder: string, gateway: Listener) {
    this.folder = folder;
    this.gateway = gateway;
  }

  static async open(bundle: string, isProvisioned = true): Promise<Trial> {
    const folder = await mkdtemp(join(tmpdir(), 'pne-self-test-'));
    let trial: Trial | undefined;
    const gateway = await listenTcp(0, () => {
      trial!.links += 1;
      trial!.heard();
      return { onMessage(): void {}, onClosed(): void {} };
    });
    trial = new Trial(folder, gateway);
    try {
      await trial.start(bundle, isProvisioned);
      return trial;
    } catch (error) {
      await trial.close();
      throw error;
    }
  }

  /** Resolves once that holds; fails where the board ends before, or says nothing more. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new Error(`nothing more came: ${this.lines.join('\n')}`));
      AbortSignal.timeout(TIMEOUT_MS).addEventListener('abort', giveUp);
      this.heard = () => {
        if (holds()) resolve();
        else if (this.lines.at(-1) === 'ended') reject(new Error(this.lines.join('\n')));
      };
      this.heard();
    });
  }

  /** Domains of its store. */
  async domains(): Promise<string[]> {
    return (await readdir(this.folder)).sort();
  }

  async close(): Promise<void> {
    await this.kill();
    await this.gateway.close();
    await rm(this.folder, { recursive: true });
  }

  private async start(bundle: string, isProvisioned: boolean): Promise<void> {
    const board = processBoard('linux', engine(), (env) => spawnXs(bundle, { env }));
    if (isProvisioned)
      await board.provision(this.folder, { provisioning: provisioningFor(this.gateway.port) });
    const child = board.spawn({ folder: this.folder, linePort: 0, feedPort: 0 });
    endWithUs(child);
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const note = (line: string) => {
      this.lines.push(line);
      this.heard();
    };
    for (const input of [child.stdout!, child.stderr!]) createInterface({ input }).on('line', note);
    void ended.then(() => note('ended'));
    this.kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
  }
}

function provisioningFor(gatewayPort: number): Uint8Array {
  const provider = createNodeProvider();
  const [own, gateway, server] = ['pne-1', 'gateway', 'server'].map((subject) =>
    newIdentity(provider, subject),
  );
  return encodeProvisioning({
    pneId: 'pne-1',
    gatewayAddress: '127.0.0.1',
    gatewayPort,
    ownCcs: own!.credential.cred,
    privateKey: own!.privateKeyBytes,
    gatewayCcs: gateway!.credential.cred,
    serverCcs: server!.credential.cred,
  });
}

const STARTED = `pne: pne-runtime ${JSON.parse(versionDefinition().PNE_VERSION)}, linux, ${name} ${version}, link stream`;

test('a good device says what it is, and then looks for its gateway', async () => {
  const trial = await Trial.open(await bundleFirmware());
  try {
    await trial.until(() => trial.links > 0);
    assert.is(trial.lines[0], `${STARTED}, id pne-1, self-test ok`);
    assert.ok((await trial.domains()).includes('sealed'));
  } finally {
    await trial.close();
  }
});

test('one that nobody has provisioned stands still, and says what to do', async () => {
  const trial = await Trial.open(await bundleFirmware(), false);
  try {
    await trial.until(() => trial.lines.length > 1);
    assert.equal(trial.lines, [
      `${STARTED}, id -, self-test ok`,
      'pne: stopped: notProvisioned (64): provision this board, then restart it',
    ]);
  } finally {
    await trial.close();
  }
});

for (const [check, fault] of Object.entries(FAULTS)) {
  test(`a fault that is found as ${check} stops the boot before a key, a store or a link is opened`, async () => {
    const release = linuxRelease();
    const plugins = [withFault(fault), ...release.plugins!];
    const trial = await Trial.open(
      await bundleForXs(fromTimer('linux'), `faulty-${check}`, { ...release, plugins }),
    );
    try {
      await trial.until(() => trial.lines.length > 1);
      assert.equal(trial.lines, [
        `${STARTED}, id -, self-test failed: ${check}`,
        `pne: stopped: self-test ${check}: no key was used; replace the board if it stays`,
      ]);
      assert.equal(await trial.domains(), ['pne']);
      assert.is(trial.links, 0);
    } finally {
      await trial.close();
    }
  });
}

test.run();
