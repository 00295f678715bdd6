// SPDX-License-Identifier: Apache-2.0

/** The deployment of CPNS figure 2, on IMS: what each interface leaves to which layer, and what came of that. */
import type { LinkKind } from '../../../../src/link/attestation.ts';
import { isDelegated } from '../../../../src/negotiation/mechanisms.ts';
import { mechanismName } from '../../../../src/negotiation/names.ts';
import type { InterfaceName } from '../../../../src/negotiation/policies.ts';
import type { Agreement } from '../../../../src/roles/interface.ts';

interface Profile {
  readonly ends: string;
  /** What integrity and confidentiality have to be left to; undefined: to nothing, as it goes through others. */
  readonly layer: LinkKind | undefined;
  /** No layer below does that (CPNS: AUTHZ-1). */
  readonly authorization: string;
  /** Of evidence that an end does not show. */
  readonly missing: string;
}

const IMS: Readonly<Partial<Record<InterfaceName, Profile>>> = Object.freeze({
  'CPNS-1': {
    ends: 'PNE - PN GW',
    layer: 'ble',
    authorization: 'grant of the PNE',
    missing:
      'an end of the link shows no LE Secure Connections with a bond, or nothing that names the channel; ' +
      'delete the bond at both ends and pair them anew',
  },
  'CPNS-2': {
    ends: 'PN GW - CPNS Server',
    layer: 'ipsec',
    authorization: 'list of gateways',
    missing: 'an end has no association or no policy; start strongSwan at both, with --ipsec',
  },
  'CPNS-3': {
    ends: 'PNE - CPNS Server',
    layer: undefined,
    authorization: 'grant of the PNE',
    missing: '',
  },
  'CPNS-5': {
    ends: 'CPNS Server - application server',
    layer: 'tls',
    authorization: 'grant of the entity',
    missing:
      'an end of the connection shows no exporter value; have no proxy end TLS between the two, and TLS 1.3 at both',
  },
});

const LAYERS: Readonly<Partial<Record<LinkKind, string>>> = Object.freeze({
  ble: 'Bluetooth LE',
  ipsec: 'IPsec',
  tls: 'TLS 1.3',
});

/** Why what was agreed on is not the profile's, in one line, or undefined where it is. */
export function departure(agreement: Agreement): string | undefined {
  const { name, peer } = agreement;
  const profile = IMS[name];
  if (profile?.layer === undefined || isLeftTo(profile.layer, agreement)) return undefined;
  return `${name} with ${peer.subject} is not left to ${LAYERS[profile.layer]}: ${profile.missing}`;
}

function isLeftTo(layer: LinkKind, { linkKind, choice }: Agreement): boolean {
  const all = [choice.toInitiator, choice.toResponder].flatMap((way) => [way.integrity, way.confidentiality]);
  return linkKind === layer && all.every(isDelegated);
}

/** Who realises the four functions on one interface. */
export interface InterfaceFunctions {
  readonly name: string;
  readonly ends: string;
  readonly authentication: string;
  readonly authorization: string;
  readonly integrity: string;
  readonly confidentiality: string;
}

/** Of all interfaces, in their order. `isStandIn`: that is all that IPsec is here. */
export function functionsOf(agreements: readonly Agreement[], isStandIn: boolean): InterfaceFunctions[] {
  const names = Object.entries(IMS).flatMap(([name, profile]) => {
    const own = agreements.filter((agreement) => agreement.name === name);
    if (own.length === 0) return [];
    const of = (pick: (agreement: Agreement) => number) =>
      [...new Set(own.map((agreement) => realised(pick(agreement), agreement.linkKind, isStandIn)))].join(
        ', ',
      );
    return {
      ...{ name, ends: profile.ends, authorization: profile.authorization },
      authentication: of(({ choice }) => choice.authentication),
      integrity: of(({ choice }) => choice.toResponder.integrity),
      confidentiality: of(({ choice }) => choice.toResponder.confidentiality),
    };
  });
  return names;
}

function realised(mechanism: number, linkKind: LinkKind, isStandIn: boolean): string {
  if (!isDelegated(mechanism)) return mechanismName(mechanism, linkKind);
  return `${LAYERS[linkKind] ?? linkKind}${linkKind === 'ipsec' && isStandIn ? ' (STAND-IN)' : ''}`;
}

const HEAD = Object.freeze({
  name: '',
  ends: '',
  authentication: 'authentication',
  authorization: 'authorization',
  integrity: 'integrity',
  confidentiality: 'confidentiality',
});

/** The same as lines of a table. */
export function functionLines(rows: readonly InterfaceFunctions[]): string[] {
  const columns = Object.keys(HEAD) as (keyof InterfaceFunctions)[];
  const all = [HEAD, ...rows];
  const widths = columns.map((column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    columns
      .map((column, index) => row[column].padEnd(widths[index]!))
      .join('  ')
      .trimEnd(),
  );
}
