// SPDX-License-Identifier: Apache-2.0

/**
 * Where a CPNS Server takes what PNEs and gateways ask of its PNs and service groups. One wish of each at a time: it is
 * decided and stored in one step, and answered behind that; the same one again is answered again.
 */
import type { Asker, ServiceGrants } from '../authorization/service-access.ts';
import type { Link } from '../link/link.ts';
import type { ReasonName } from '../refusal.ts';
import { refuse } from '../refusal.ts';
import type { BridgeConsents } from './bridge-consents.ts';
import type { GatewayServices } from './gateway-services.ts';
import type { Rekeying } from './group-record.ts';
import type { Agreement } from './interface.ts';
import type { KeyView } from './key-ledger.ts';
import { KeyMessageType } from './key-message.ts';
import type { KeyChanges } from './key-store.ts';
import { addAdminee, assignAdmin, changeAdmin, releaseAdmin } from './service-administration.ts';
import { askBridge } from './service-bridges.ts';
import { describeDevice, listDevices } from './service-devices.ts';
import { createGroup, discoverGroups, removeMember, transferGroup } from './service-groups.ts';
import {
  decodeServiceRequest,
  encodeServiceAnswer,
  ServiceOperation,
  type ServiceRequest,
  type Wish,
} from './service-message.ts';
import { chooseNetwork, listNetworks, releaseNetwork, setUpNetwork } from './service-networks.ts';
import { type NoticeHost, ServiceNotices } from './service-notices.ts';
import type { ServiceCase, ServiceHandler, ServiceOutcome } from './service-operation.ts';
import { statusOf } from './service-refusals.ts';
import { switchNetwork } from './service-switching.ts';
import { Status } from './status.ts';

export interface ServiceDeskOptions {
  /** What its PNEs and gateways may do. */
  readonly grants: ServiceGrants;
  /** The CCS of a gateway, where the server has it: PNEs of a PN are told of the one that it is at. */
  gatewayCredential(gateway: string): Uint8Array | undefined;
  /** Where owners of PNs are asked for bridges, if they are. */
  consents?(): BridgeConsents;
  /** A wish was carried out and stored, or refused. */
  onWish?(wish: DecidedWish): void;
}

/** What a PNE or a gateway has asked for, and what was decided: `refused` says why not. */
export interface DecidedWish {
  readonly asker: Asker;
  readonly wish: Wish;
  readonly refused: ReasonName | undefined;
}

/** What key management does for it. */
export interface ServiceHost extends Omit<NoticeHost, 'gatewayCredential'> {
  readonly rekeying: Rekeying;
  /** PNEs that have said which keys they have. */
  pneIds(): Iterable<string>;
  /** Where a PNE's newest verified message came from. */
  routeOf(pneId: string): { readonly gateway: Link } | undefined;
  /** Who the gateway at the end of this link has proved to be. */
  gatewayName(gateway: Link): string | undefined;
  /** Names of fields that a PNE has told in its present session. */
  fieldsOf(pneId: string): readonly string[];
  /** Whether the server has a credential of it. */
  isKnown(pneId: string): boolean;
  /** Carries out what `apply` returns, in its turn: `done` is called when it is stored, or with why it is not. */
  change(
    asker: Asker,
    apply: (view: KeyView) => Partial<KeyChanges>,
    done: (refused: ReasonName | undefined) => void,
  ): void;
  onRefused(reason: ReasonName, pneId: string): void;
}

export interface ServiceDesk extends GatewayServices {
  bind(host: ServiceHost): void;
  /** A message of service-message.ts or notice-message.ts. Refuses what it cannot take. */
  receive(pneId: string, agreement: Agreement, message: Uint8Array): void;
  /** A PN or group that this PNE is in, or owns, may have changed. */
  tell(pneId: string): void;
  /** The PNE is gone. */
  forget(pneId: string): void;
}

export function createServiceDesk(options: ServiceDeskOptions): ServiceDesk {
  return new Desk(options);
}

/** What somebody has asked for last in a session. */
interface Talk {
  readonly asker: Asker;
  /** Sends him an answer. */
  send(answer: Uint8Array): void;
  onRefused(reason: ReasonName): void;
  serial: number;
  isUnderWay: boolean;
  answer: Uint8Array | undefined;
}

const HANDLERS: Readonly<Record<number, ServiceHandler>> = Object.freeze({
  [ServiceOperation.createGroup]: createGroup,
  [ServiceOperation.discoverGroups]: discoverGroups,
  [ServiceOperation.transferGroup]: transferGroup,
  [ServiceOperation.removeMember]: removeMember,
  [ServiceOperation.setUpNetwork]: setUpNetwork,
  [ServiceOperation.listNetworks]: listNetworks,
  [ServiceOperation.chooseNetwork]: chooseNetwork,
  [ServiceOperation.releaseNetwork]: releaseNetwork,
  [ServiceOperation.listDevices]: listDevices,
  [ServiceOperation.describeDevice]: describeDevice,
  [ServiceOperation.addAdminee]: addAdminee,
  [ServiceOperation.assignAdmin]: assignAdmin,
  [ServiceOperation.changeAdmin]: changeAdmin,
  [ServiceOperation.releaseAdmin]: releaseAdmin,
  [ServiceOperation.switchNetwork]: switchNetwork,
  [ServiceOperation.askBridge]: askBridge,
});

/** Of a wish that could not be stored nothing is answered, and it is asked again. */
const UNSTORED: readonly ReasonName[] = Object.freeze(['storeFailed', 'queueFull']);

class Desk implements ServiceDesk {
  private readonly options: ServiceDeskOptions;
  private readonly talks = new Map<string, { readonly agreement: Agreement; readonly talk: Talk }>();
  private host!: ServiceHost;
  private notices!: ServiceNotices;

  constructor(options: ServiceDeskOptions) {
    this.options = options;
  }

  bind(host: ServiceHost): void {
    const { gatewayCredential } = this.options;
    this.host = host;
    this.notices = new ServiceNotices({ ...host, gatewayCredential });
  }

  tell(pneId: string): void {
    this.notices.tell(pneId);
  }

  receive(pneId: string, agreement: Agreement, bytes: Uint8Array): void {
    if (bytes[1] === KeyMessageType.notice) return this.notices.receive(pneId, agreement, bytes);
    this.take(this.talkIn(pneId, agreement), bytes);
  }

  serveGateway(...[name, send, onRefused]: Parameters<GatewayServices['serveGateway']>) {
    const talk = newTalk({ asker: { role: 'gateway', name }, send, onRefused });
    return (message: Uint8Array) => this.take(talk, message);
  }

  forget(pneId: string): void {
    this.talks.delete(pneId);
    this.notices.forget(pneId);
  }

  private talkIn(pneId: string, agreement: Agreement): Talk {
    const known = this.talks.get(pneId);
    if (known?.agreement === agreement) return known.talk;
    const { host } = this;
    const talk = newTalk({
      asker: { role: 'pne', name: pneId },
      send: (answer) => host.send(pneId, agreement, answer),
      onRefused: (reason) => host.onRefused(reason, pneId),
    });
    this.talks.set(pneId, { agreement, talk });
    return talk;
  }

  private take(talk: Talk, bytes: Uint8Array): void {
    const request = decodeServiceRequest(bytes);
    if (request.serial < talk.serial) refuse('replay');
    if (request.serial === talk.serial && talk.answer !== undefined) return talk.send(talk.answer);
    if (talk.isUnderWay) return request.serial === talk.serial ? undefined : refuse('queueFull');
    talk.serial = request.serial;
    talk.answer = undefined;
    talk.isUnderWay = true;
    this.carryOut(request, talk);
  }

  private surroundings(asker: Asker): Omit<ServiceCase, 'asker' | 'wish' | 'view' | 'grants'> {
    const { rekeying, pneIds, routeOf, isKnown, fieldsOf } = this.host;
    const neighbours = () => [...pneIds()].filter((id) => this.isNear(asker, id));
    const consents = this.options.consents?.();
    return { rekeying, neighbours, isKnown, fieldsOf, consents, isHere: (id) => routeOf(id) !== undefined };
  }

  /** Whether another PNE is at the same gateway, or at the one that asks. */
  private isNear({ role, name }: Asker, pneId: string): boolean {
    const { routeOf, gatewayName } = this.host;
    const gateway = routeOf(pneId)?.gateway;
    if (gateway === undefined) return false;
    if (role === 'gateway') return gatewayName(gateway) === name;
    return pneId !== name && routeOf(name)?.gateway === gateway;
  }

  private carryOut(request: ServiceRequest, talk: Talk): void {
    const { host } = this;
    const { grants } = this.options;
    const { asker } = talk;
    let outcome: ServiceOutcome = {};
    const apply = (view: KeyView) => {
      const handle = HANDLERS[request.operation] ?? refuse('badArgument');
      outcome = handle({ asker, wish: request, view, grants, ...this.surroundings(asker) });
      return outcome.changes ?? {};
    };
    host.change(asker, apply, (refused) => {
      talk.isUnderWay = false;
      if (refused !== undefined) talk.onRefused(refused);
      this.options.onWish?.({ asker, wish: request, refused });
      if (refused !== undefined && UNSTORED.includes(refused)) return;
      const status = refused === undefined ? Status.ok : statusOf(refused);
      const results = refused === undefined ? (outcome.results ?? []) : [];
      talk.answer = encodeServiceAnswer({ serial: request.serial, status, results });
      talk.send(talk.answer);
      const { asks } = outcome;
      if (refused === undefined && asks !== undefined)
        this.options.consents?.().askOwner(asks.question, asks.owner);
    });
  }
}

function newTalk(own: Pick<Talk, 'asker' | 'send' | 'onRefused'>): Talk {
  return { ...own, serial: 0, isUnderWay: false, answer: undefined };
}
