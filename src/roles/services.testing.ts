// SPDX-License-Identifier: Apache-2.0

/** Test code: PNEs that ask a server for groups and PNs, by grants that a test gives them. */
import { Authority } from '../authorization/authority.ts';
import { THIS_END } from '../authorization/cti.ts';
import type { OperationName } from '../authorization/operations.ts';
import { EVERY } from '../authorization/service-access.ts';
import { GroupNetwork, type GroupNetworkOptions } from './group-network.testing.ts';
import {
  decodeServiceAnswer,
  encodeServiceRequest,
  type ServiceAnswer,
  type Wish,
} from './service-message.ts';
import { scopeOf } from './service-rights.ts';

export const PNES = Object.freeze(['pne-1', 'pne-2', 'pne-3']);

/** An operation on every object of its kind, or on one by its number. */
export type Right = OperationName | readonly [OperationName, number];

/** All that is done with service groups. */
export const GROUP_RIGHTS: readonly OperationName[] = Object.freeze([
  'group-create',
  'group-own',
  'group-discover',
  'group-join',
  'group-transfer',
  'group-remove',
]);

/** In place of what these PNEs had. */
export function grantTo(
  authority: Authority,
  sequence: number,
  rights: Readonly<Record<string, readonly Right[]>>,
): void {
  for (const [name, granted] of Object.entries(rights)) {
    const scope = scopeOf(granted.map((right) => (typeof right === 'string' ? [right, EVERY] : right)));
    authority.hold(name, { audience: THIS_END, sequence, scope, expiry: { exp: 9 } });
  }
}

export class ServiceNetwork extends GroupNetwork {
  readonly authority: Authority;
  /** What gateways may do: nothing, at first. */
  readonly gatewayAuthority: Authority;

  constructor(
    rights: Readonly<Record<string, readonly Right[]>>,
    options: Partial<Omit<GroupNetworkOptions, 'services'>> = {},
  ) {
    const services = new Authority({ now: () => 0 });
    grantTo(services, 1, rights);
    const gateways = new Authority({ now: () => 0 });
    super({ devices: PNES, ...options, services: { pne: services, gateway: gateways } });
    this.authority = services;
    this.gatewayAuthority = gateways;
  }

  /** Answers to what a PNE asks for, once there is one. */
  asked(id: string, wish: Wish): (ServiceAnswer | undefined)[] {
    const answers: (ServiceAnswer | undefined)[] = [];
    this.device(id).services.ask(wish, (answer) => answers.push(answer));
    return answers;
  }

  /** What a PNE asks for is stored, and its server ends before it answers. Returns what the next one answers. */
  answeredBehindEnd(
    id: string,
    wish: Wish,
  ): { readonly commits: number; readonly status: number | undefined } {
    const before = this.store.commits;
    this.relay = (message, towards) =>
      towards === 'gateway' && this.store.commits > before ? [] : [message];
    const answers = this.asked(id, wish);
    this.settle();
    if (answers.length > 0) throw new Error('answered before its server ended');
    const commits = this.store.commits - before;
    this.relay = (message) => [message];
    this.restartServer();
    this.pass(60_000);
    return { commits, status: answers[0]?.status };
  }

  /** Takes what a gateway asks for over one link. What is not done is in `refusals`. */
  deskFor(gateway: string, send: (answer: Uint8Array) => void): (message: Uint8Array) => void {
    return this.desk!.serveGateway(gateway, send, (reason) =>
      this.refusals.push({ at: 'server', reason, pneId: undefined }),
    );
  }

  /** The answer to what a gateway asks for now, over a link of its own. */
  gatewayAnswer(name: string, wish: Wish): ServiceAnswer {
    const answers: ServiceAnswer[] = [];
    const serve = this.deskFor(name, (answer) => answers.push(decodeServiceAnswer(answer)));
    serve(encodeServiceRequest({ ...wish, serial: 1 }));
    this.settle();
    if (answers.length !== 1) throw new Error(`${answers.length} answers`);
    return answers[0]!;
  }

  /** The answer to what a PNE asks for now. */
  answer(id: string, wish: Wish): ServiceAnswer {
    const answers = this.asked(id, wish);
    this.settle();
    if (answers.length !== 1 || answers[0] === undefined) throw new Error(`${answers.length} answers`);
    return answers[0];
  }
}
