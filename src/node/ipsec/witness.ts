// SPDX-License-Identifier: Apache-2.0

/**
 * Says of a connection what IPsec protects it with, by asking strongSwan and the kernel at that moment, and says when that
 * is so no more: it asks again when an association changes, and from time to time, since a policy changes without a word.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Attestation } from '../../link/attestation.ts';
import type { After, RunningTimer } from '../../link/timer.ts';
import { NodeLimits } from '../../node-limits.ts';
import { Refusal } from '../../refusal.ts';
import { after as nodeAfter } from '../timer.ts';
import { continues, type Ends, type IpsecEvidence, ipsecEvidence } from './evidence.ts';
import { openVici, type Vici } from './vici.ts';
import type { ViciSection } from './vici-message.ts';
import { parseXfrmPolicies, type XfrmPolicy } from './xfrm-policy.ts';

export interface Attested {
  readonly attestation: Attestation;
  /** The connection is gone: it is watched no more. */
  release(): void;
}

export interface IpsecWitness {
  /**
   * Rejects with the refusal `attestationInsufficient` where evidence is missing. `onLost` is called once, when what was
   * attested holds no more.
   */
  attest(ends: Ends, onLost: () => void): Promise<Attested>;
  /** Watches nothing more, and tells nobody. */
  close(): void;
}

export interface WitnessOptions {
  /** Of the IKE daemon's VICI socket. */
  readonly viciPath: string;
  readonly after?: After;
  /** What was attested of a connection holds no more, for this reason. */
  onLost?(reason: string): void;
  /** Text of `ip -s xfrm policy`. */
  readPolicies?(): Promise<string>;
}

interface Facts {
  readonly listed: readonly ViciSection[];
  readonly policies: readonly XfrmPolicy[];
}

interface Watched {
  readonly ends: Ends;
  /** The last that held. */
  evidence: IpsecEvidence;
  onLost(): void;
}

const ANOTHER = 'another IPsec association is there in place of the one that was attested';

export function createIpsecWitness(options: WitnessOptions): IpsecWitness {
  const witness = new Witness(options);
  return {
    attest: (ends, onLost) => witness.attest(ends, onLost),
    close: () => witness.close(),
  };
}

class Witness {
  private readonly viciPath: string;
  private readonly after: After;
  private readonly readPolicies: () => Promise<string>;
  private readonly onLost: (reason: string) => void;
  private readonly watched = new Set<Watched>();
  private vici: Promise<Vici> | undefined;
  /** What is being asked, and what is asked after it for all who want to know: however many do, one asks at a time. */
  private asking: Promise<Facts> | undefined;
  private next: Promise<Facts> | undefined;
  private changes = 0;
  private timer: RunningTimer | undefined;
  private isChecking = false;
  private isCheckWanted = false;

  constructor(options: WitnessOptions) {
    const { viciPath, after = nodeAfter, readPolicies = readKernelPolicies, onLost = () => {} } = options;
    this.viciPath = viciPath;
    this.after = after;
    this.readPolicies = readPolicies;
    this.onLost = onLost;
  }

  async attest(ends: Ends, onLost: () => void): Promise<Attested> {
    const before = this.changes;
    const evidence = await this.evidence(ends);
    const watched: Watched = { ends, evidence, onLost };
    this.watched.add(watched);
    if (this.changes === before) this.checkLater();
    else this.check();
    return { attestation: evidence.attestation, release: () => void this.watched.delete(watched) };
  }

  close(): void {
    this.watched.clear();
    this.timer?.cancel();
    this.vici?.then((vici) => vici.close()).catch(() => {});
    this.vici = undefined;
  }

  private async evidence(ends: Ends): Promise<IpsecEvidence> {
    const { listed, policies } = await this.ask();
    return ipsecEvidence(listed, policies, ends);
  }

  /** Asks from now on: an answer that is under way already may be of a time before. */
  private ask(): Promise<Facts> {
    if (this.next !== undefined) return this.next;
    if (this.asking === undefined) return this.askNow();
    const again = () => this.askNow();
    this.next = this.asking.then(again, again);
    return this.next;
  }

  private askNow(): Promise<Facts> {
    this.next = undefined;
    const facts = this.read().finally(() => {
      if (this.asking === facts) this.asking = undefined;
    });
    this.asking = facts;
    return facts;
  }

  private async read(): Promise<Facts> {
    try {
      this.vici ??= this.open();
      const listed = await (await this.vici).listSas();
      return { listed, policies: parseXfrmPolicies(await this.readPolicies()) };
    } catch (error) {
      throw new Refusal('attestationInsufficient', `IPsec cannot be asked: ${(error as Error).message}`);
    }
  }

  private open(): Promise<Vici> {
    const opened = openVici({
      path: this.viciPath,
      after: this.after,
      onChange: () => {
        this.changes += 1;
        this.check();
      },
      onClosed: () => {
        if (this.vici !== opened) return;
        this.vici = undefined;
        for (const each of [...this.watched]) this.lose(each, 'the IKE daemon is gone');
      },
    });
    opened.catch(() => {
      if (this.vici === opened) this.vici = undefined;
    });
    return opened;
  }

  private checkLater(): void {
    this.timer ??= this.after(NodeLimits.ipsecCheckMs, () => {
      this.timer = undefined;
      this.check();
    });
  }

  private check(): void {
    if (this.watched.size === 0) return;
    this.isCheckWanted = this.isChecking;
    if (!this.isChecking) void this.checkAll();
  }

  private async checkAll(): Promise<void> {
    this.isChecking = true;
    do {
      this.isCheckWanted = false;
      const all = [...this.watched];
      const losses = await Promise.all(all.map((each) => this.lossOf(each)));
      for (const [index, each] of all.entries()) this.lose(each, losses[index]);
    } while (this.isCheckWanted);
    this.isChecking = false;
    if (this.watched.size > 0) this.checkLater();
  }

  /** Why it holds no more, or undefined where it does. */
  private async lossOf(watched: Watched): Promise<string | undefined> {
    try {
      const evidence = await this.evidence(watched.ends);
      if (!continues(watched.evidence, evidence)) return ANOTHER;
      watched.evidence = evidence;
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  private lose(watched: Watched, reason: string | undefined): void {
    if (reason === undefined || !this.watched.delete(watched)) return;
    this.onLost(reason);
    watched.onLost();
  }
}

async function readKernelPolicies(): Promise<string> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const { stdout } = await promisify(execFile)('ip', ['-s', 'xfrm', 'policy'], {
    env: { PATH: path, LC_ALL: 'C' },
    timeout: NodeLimits.viciTimeoutMs,
    maxBuffer: NodeLimits.xfrmMaxBytes,
  });
  return stdout;
}
