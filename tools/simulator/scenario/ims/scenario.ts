// SPDX-License-Identifier: Apache-2.0

/**
 * `--scenario ims`: the deployment of CPNS figure 2. It goes on for as long as every interface is left to the layer
 * that the figure names, by evidence of both ends, and ends where one is not.
 */
import type { CryptoProvider } from '../../../../src/crypto/provider.ts';
import type { Credential } from '../../../../src/handshake/credential.ts';
import type { Link } from '../../../../src/link/link.ts';
import { Reason, type ReasonName, Refusal } from '../../../../src/refusal.ts';
import type { Agreement } from '../../../../src/roles/interface.ts';
import type { Keeper } from '../../keepers.ts';
import { openScratch } from '../../scratch.ts';
import { Application } from './application.ts';
import { EvidenceMissing, type EvidenceName, unbound } from './evidence.ts';
import type { IpsecPath } from './ipsec-path.ts';
import { openIpsecPath } from './open-ipsec.ts';
import { departure, functionLines, functionsOf, type InterfaceFunctions } from './profile.ts';

/** With all readings at the server, the application server is given so long. */
const SETTLE_MS = 5000;
/** Of a link that does not come for another reason. */
const MAX_TRIES = 3;

export interface ScenarioOptions {
  /** Evidence that is to be missing. */
  readonly without: EvidenceName | undefined;
  /** Evidence is missing, as this line says. Called for the first one, and perhaps for more. */
  onMissing(problem: string): void;
}

/** For scripts. */
export interface ScenarioFacts {
  readonly name: string;
  readonly standIn: boolean;
  readonly functions: readonly InterfaceFunctions[];
  readonly applicationServer: { readonly received: number; readonly lacks: number };
}

export class Scenario {
  readonly ipsec: IpsecPath;
  private readonly options: ScenarioOptions;
  private readonly removeFolder: () => void;
  private application: Application | undefined;
  private lacks = 0;
  private isMissing = false;
  private tries = 0;

  static async open(options: ScenarioOptions): Promise<Scenario> {
    const { folder, remove } = openScratch();
    return new Scenario(options, await openIpsecPath(folder, options.without), remove);
  }

  private constructor(options: ScenarioOptions, ipsec: IpsecPath, removeFolder: () => void) {
    this.options = options;
    this.ipsec = ipsec;
    this.removeFolder = removeFolder;
  }

  /** What a person is told before anything else. */
  get lines(): readonly string[] {
    return [
      'scenario ims (CPNS figure 2): CPNS-1 is left to Bluetooth LE, CPNS-2 to IPsec, CPNS-5 (server to application server) to TLS 1.3',
      this.ipsec.description,
    ];
  }

  /** The link of a PNE as this scenario has it. */
  link(link: Link): Link {
    return this.options.without === 'channel-binding' ? unbound(link) : link;
  }

  async openApplication(
    keeper: Keeper,
    provider: CryptoProvider,
    serverCredential: Credential,
  ): Promise<Application> {
    const { without } = this.options;
    const onRefused = (reason: ReasonName) => this.miss(`CPNS-5 was refused: ${whyRefused(reason)}`);
    const options = { keeper, provider, serverCredential, without, onRefused };
    this.application = await Application.open(options);
    return this.application;
  }

  agreed(agreement: Agreement): void {
    const problem = departure(agreement);
    if (problem !== undefined) this.miss(problem);
  }

  /** The gateway has no link to its server: returns an error to end the run with, where it is not to try again. */
  unreachable(error: Error): EvidenceMissing | undefined {
    const { message } = error;
    this.tries += 1;
    const isEvidence = error instanceof Refusal && error.reasonName === 'attestationInsufficient';
    if (!isEvidence && this.tries < MAX_TRIES) return undefined;
    const problem = `CPNS-2 has no link: ${message}; start strongSwan at both ends, and have policies force its path`;
    this.miss(problem);
    return new EvidenceMissing(problem);
  }

  /** Resolves once the application server has what the server has, or will not get it. */
  async settled(): Promise<void> {
    if (this.isMissing) return;
    this.lacks = (await this.application?.settled(SETTLE_MS)) ?? 0;
  }

  get isWhole(): boolean {
    return this.lacks === 0;
  }

  facts(agreements: readonly Agreement[]): ScenarioFacts {
    const { isStandIn } = this.ipsec;
    return {
      ...{ name: 'ims', standIn: isStandIn, functions: functionsOf(agreements, isStandIn) },
      applicationServer: { received: this.application?.received ?? 0, lacks: this.lacks },
    };
  }

  private miss(problem: string): void {
    this.isMissing = true;
    this.options.onMissing(problem);
  }

  async close(): Promise<void> {
    await this.application?.close();
    await this.ipsec.close();
    this.removeFolder();
  }
}

/** What a person is told at the end. */
export function scenarioLines({ functions, applicationServer }: ScenarioFacts): string[] {
  const { received, lacks } = applicationServer;
  const lacking = lacks === 0 ? '' : `, and lacks ${lacks}`;
  return [`${received} of them read by the application server${lacking}`, ...functionLines(functions)];
}

function whyRefused(reason: ReasonName): string {
  const named = `${reason} (${Reason[reason]})`;
  if (reason !== 'channelMismatch') return named;
  return `${named}: its ends are on two channels of TLS, for somebody between them ends it with another certificate; connect the application server to the server itself`;
}
