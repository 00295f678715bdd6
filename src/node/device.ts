// SPDX-License-Identifier: Apache-2.0

/** A PNE that runs on Node and reaches its gateway by TCP. */
import type { Answer, Openness } from '../authorization/decision.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { BootStore } from '../delivery/boot.ts';
import type { After } from '../link/timer.ts';
import { compactPayloads } from '../payload/compact.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { NumberedQuestion } from '../roles/consent.ts';
import { createPne, type Pne } from '../roles/pne.ts';
import type { Outcome } from '../roles/pne-readings.ts';
import { openProvisioning, type Provisioned } from '../roles/provisioned.ts';
import type { DeviceGroups } from './device-groups.ts';
import type { DeviceNetworks } from './device-networks.ts';
import type { GatewayRoute } from './known-gateways.ts';
import { type MemberOptions, openMember } from './member.ts';
import { type AnswerOutcome, openOwner } from './owner.ts';
import { type KeptConnection, keepConnected } from './reconnect.ts';
import { connectTcp } from './tcp.ts';
import { after as nodeAfter } from './timer.ts';

export interface DeviceOptions {
  readonly provider: CryptoProvider;
  /** What `pne-runtime admin provision` has written; with the private key in it, which the provider keeps a copy of. */
  readonly provisioning: Uint8Array;
  /** Where its boot counter lies: without one that stays, its second start is taken for a copy of it. */
  readonly boots: BootStore;
  readonly after?: After;
  /** A content of the server. Called once for each. */
  onContent?(value: unknown): void;
  /**
   * Its owner is asked whether somebody may read its contents, or those that it owns: `answer` does so, whenever that is.
   * Without it it is asked nothing.
   */
  onQuestion?(question: NumberedQuestion): void;
  /** Nobody waits for an answer to this question any more. */
  onQuestionWithdrawn?(number: number): void;
  onRefused?(reason: ReasonName): void;
  /** Its gateway cannot be reached, for this reason. It is tried again. */
  onUnreachable?(error: Error): void;
}

/** Of a device that takes part in PNs and groups: its folder (`openDeviceFolder`) has the boot counter, and more. */
export interface MemberDeviceOptions extends Omit<DeviceOptions, 'boots'>, MemberOptions {}

export interface Device {
  /** Resolves with what became of a reading. Refuses `queueFull` where 16 wait, and what src/payload refuses. */
  report(value: unknown): Promise<Outcome>;
  /**
   * Answers a question by its number, or takes back what was consented to: resolves once the server has stored that.
   * `seconds`: how long it counts, 30 days unless given. Refuses `stateInvalid` without `onQuestion`.
   */
  answer(number: number, answer: Answer, seconds?: number): Promise<AnswerOutcome>;
  /** How open its own contents are from now on, as `answer`: `ask` makes it their owner who is asked. */
  setOpenness(openness: Openness): Promise<AnswerOutcome>;
  /** Closes its link, and makes no other: readings that wait have no outcome, wishes are refused (`linkClosed`). */
  close(): void;
}

export interface MemberDevice extends Device {
  readonly groups: DeviceGroups;
  readonly networks: DeviceNetworks;
}

/** It goes on, and its process with it, until it is closed. */
export function startDevice(options: MemberDeviceOptions): MemberDevice;
export function startDevice(options: DeviceOptions): Device;
export function startDevice(options: DeviceOptions | MemberDeviceOptions): Device {
  const { provider, provisioning, after = nodeAfter } = options;
  const provisioned = openProvisioning(provider, provisioning);
  const member = 'folder' in options ? openMember(provider, provisioned, options) : undefined;
  const owner = options.onQuestion && openOwner(options, member?.keys);
  const keys = owner?.consents ?? member?.keys;
  const route = member?.gateways ?? onlyRoute(provisioned);
  const readings = new Map<number, (outcome: Outcome) => void>();
  const { pneId, hop, endToEnd } = provisioned;
  const pne = createPne({
    ...{ pneId, endToEnd, after, payloads: compactPayloads },
    hop: member === undefined ? hop : { ...hop, peers: member.gateways.peers },
    boots: 'folder' in options ? options.folder.boots : options.boots,
    ...(keys !== undefined && { keys }),
    onAgreed({ name }): void {
      if (name === 'CPNS-1') route.agreed();
    },
    onContent: (value) => options.onContent?.(value),
    onReceipt(handle, outcome): void {
      readings.get(handle)?.(outcome);
      readings.delete(handle);
    },
    onRefused: (reason) => options.onRefused?.(reason),
  });
  member?.begin();
  const connection = keepAtGateway(pne, route, after, options);
  const ownerOrNone = () => owner ?? refuse('stateInvalid');
  return {
    ...(member !== undefined && { groups: member.groups, networks: member.networks }),
    async report(value): Promise<Outcome> {
      const handle = pne.report(value);
      return new Promise((resolve) => readings.set(handle, resolve));
    },
    answer: async (number, answer, seconds) =>
      ownerOrNone().settled(number, ({ consents }) => consents.answer(number, answer, seconds)),
    setOpenness: async (openness) =>
      ownerOrNone().settled(0, ({ consents }) => consents.setOpenness(openness)),
    close(): void {
      connection.close();
      member?.close();
    },
  };
}

/** Of a device that knows the gateway that it was made with, and no other. */
function onlyRoute({ gatewayAddress, gatewayPort }: Provisioned): GatewayRoute {
  const next = { host: gatewayAddress, port: gatewayPort };
  return { next, agreed(): void {}, ended(): void {} };
}

function keepAtGateway(
  pne: Pne,
  route: GatewayRoute,
  after: After,
  { onUnreachable }: Pick<DeviceOptions, 'onUnreachable'>,
): KeptConnection {
  return keepConnected({
    async connect(onLink): Promise<void> {
      const { host, port } = route.next;
      await connectTcp(port, onLink, host).catch((error: Error) => {
        route.ended();
        onUnreachable?.(error);
        throw error;
      });
    },
    onLink(link) {
      const { onMessage, onClosed } = pne.attach(link);
      return {
        onMessage,
        onClosed(): void {
          route.ended();
          onClosed();
        },
      };
    },
    after,
    random: Math.random,
  });
}
