// SPDX-License-Identifier: Apache-2.0

/**
 * What protects one TCP connection by IPsec: the one security association that is installed for its two ends, and the
 * kernel's policies that let nothing past it. What is missing is refused with `attestationInsufficient` and said.
 */
import { createHash } from 'node:crypto';
import { CborWriter } from '../../cbor/writer.ts';
import type { Attestation } from '../../link/attestation.ts';
import { refuse } from '../../refusal.ts';
import { covers, type End, plainAddress, type Selector, trafficSelector } from './selector.ts';
import type { ViciSection, ViciValue } from './vici-message.ts';
import type { XfrmPolicy, XfrmTemplate } from './xfrm-policy.ts';

export interface Ends {
  readonly local: End;
  readonly remote: End;
}

export interface IpsecEvidence {
  readonly attestation: Attestation;
  /** Names the IKE_SA: its SPIs and both identities. */
  readonly session: string;
  /** Names the association at this end: its SPIs, and the identities and addresses of its IKE_SA. */
  readonly association: string;
}

/** Bits of the tag, where a cipher has one itself. None that has less than CPNS-2's floor of 96, and none without encryption. */
const AEADS: readonly string[] = Object.freeze([
  'AES_GCM_12',
  'AES_GCM_16',
  'AES_CCM_12',
  'AES_CCM_16',
  'CHACHA20_POLY1305',
]);
const CIPHERS: readonly string[] = Object.freeze(['AES_CBC', 'AES_CTR', 'CAMELLIA_CBC']);
const TAGS: readonly string[] = Object.freeze([
  'HMAC_SHA1_96',
  'HMAC_SHA2_256_128',
  'HMAC_SHA2_384_192',
  'HMAC_SHA2_512_256',
  'AES_XCBC_96',
  'AES_CMAC_96',
]);
/** It has one size of key, which VICI does not show. */
const CHACHA20_BITS = '256';

const IKE_SPI = /^[0-9a-f]{16}$/;
const ESP_SPI = /^[0-9a-f]{1,8}$/;

export function ipsecEvidence(
  listed: readonly ViciSection[],
  policies: readonly XfrmPolicy[],
  ends: Ends,
): IpsecEvidence {
  const found = listed.flatMap((each) => [...each.values()]).flatMap((ike) => associations(ike, ends));
  const [only] = found;
  if (only === undefined || found.length > 1)
    return insufficient(`${found.length} IPsec associations are installed for ${nameOf(ends)}, not 1`);
  const { ike, child } = only;
  const mode = text(child, 'mode').toLowerCase();
  const outer = { local: text(ike, 'local-host'), remote: text(ike, 'remote-host') };
  for (const direction of ['out', 'in'] as const)
    checkForced(policies, { direction, ends, outer, mode, requestId: text(child, 'reqid') });
  const session = sessionOf(ike);
  return {
    session: session.join(' '),
    association: associationOf(ike, child),
    attestation: Object.freeze({
      kind: 'ipsec',
      encrypted: true,
      authenticated: true,
      bonded: false,
      keySize: keyBits(child) / 8,
      secureConnections: false,
      peer: Buffer.from(text(ike, ike.has('remote-eap-id') ? 'remote-eap-id' : 'remote-id'), 'latin1'),
      channelBinding: channelOf(session, spisOf(child)),
    }),
  };
}

/**
 * Whether both are of the same two ends: one IKE_SA made both associations, or it is one association, which the IKE_SA that
 * followed on new keys of IKE has inherited (RFC 7296 section 2.18).
 */
export function continues(former: IpsecEvidence, next: IpsecEvidence): boolean {
  return next.session === former.session || next.association === former.association;
}

interface Association {
  readonly ike: ViciSection;
  readonly child: ViciSection;
}

/** Those of an established IKE_SA whose traffic is the connection's. */
function associations(ike: ViciValue, ends: Ends): readonly Association[] {
  if (!isSection(ike) || ike.get('state') !== 'ESTABLISHED') return [];
  const children = ike.get('child-sas');
  if (children === undefined || !isSection(children)) return [];
  return [...children.values()].flatMap((child) =>
    isSection(child) && isInstalled(child) && isFor(child, ends) ? [{ ike, child }] : [],
  );
}

function isInstalled(child: ViciSection): boolean {
  const isRight = child.get('state') === 'INSTALLED' && child.get('protocol') === 'ESP';
  return isRight && ['TUNNEL', 'TRANSPORT'].includes(text(child, 'mode'));
}

function isFor(child: ViciSection, { local, remote }: Ends): boolean {
  return isCovered(child.get('local-ts'), local) && isCovered(child.get('remote-ts'), remote);
}

function isCovered(selectors: ViciValue | undefined, end: End): boolean {
  if (!Array.isArray(selectors)) return false;
  return selectors.some((written: string) => {
    const selector = trafficSelector(written);
    return selector !== undefined && covers(selector, end);
  });
}

function keyBits(child: ViciSection): number {
  const cipher = text(child, 'encr-alg');
  const isTagged =
    AEADS.includes(cipher) || (CIPHERS.includes(cipher) && TAGS.includes(text(child, 'integ-alg')));
  if (!isTagged) insufficient(`its association uses ${cipher}, which CPNS-2 does not accept here`);
  const bits = cipher === 'CHACHA20_POLY1305' ? CHACHA20_BITS : text(child, 'encr-keysize');
  return /^(128|192|256)$/.test(bits)
    ? Number(bits)
    : insufficient(`its association has keys of ${bits} bits`);
}

/** The same at both ends: who began the IKE_SA is first. */
function sessionOf(ike: ViciSection): readonly string[] {
  const spis = [text(ike, 'initiator-spi'), text(ike, 'responder-spi')];
  if (!spis.every((spi) => IKE_SPI.test(spi))) insufficient('its IKE_SA shows no SPIs');
  const ids = [text(ike, 'local-id'), text(ike, 'remote-id')];
  return [...spis, ...(ike.get('initiator') === 'yes' ? ids : ids.reverse())];
}

function spisOf(child: ViciSection): readonly string[] {
  const spis = [text(child, 'spi-in'), text(child, 'spi-out')];
  if (!spis.every((spi) => ESP_SPI.test(spi))) insufficient('its association shows no SPIs');
  return spis.map((spi) => spi.padStart(8, '0')).sort();
}

/** Who began an IKE_SA may be another one of its successor: these are in the order of this end. */
function associationOf(ike: ViciSection, child: ViciSection): string {
  const ends = ['local-id', 'remote-id', 'local-host', 'remote-host'].map((name) => text(ike, name));
  return JSON.stringify([...ends, text(child, 'spi-in'), text(child, 'spi-out')]);
}

function channelOf(session: readonly string[], spis: readonly string[]): Uint8Array {
  const writer = new CborWriter().array(session.length + spis.length);
  for (const each of [...session, ...spis]) writer.byteString(Buffer.from(each, 'latin1'));
  return Uint8Array.from(createHash('sha256').update(writer.finish()).digest());
}

interface Forced {
  readonly direction: 'in' | 'out';
  readonly ends: Ends;
  readonly outer: { readonly local: string; readonly remote: string };
  readonly mode: string;
  readonly requestId: string;
}

/** Of all policies that the connection's packets may meet the first ones ask for this association and for nothing less. */
function checkForced(policies: readonly XfrmPolicy[], wanted: Forced): void {
  const { direction, ends } = wanted;
  const [from, to] = direction === 'out' ? [ends.local, ends.remote] : [ends.remote, ends.local];
  const met = policies.filter(
    (policy) =>
      policy.direction === direction &&
      isTcp(policy.protocol) &&
      covers(policy.source, from) &&
      covers(policy.destination, to),
  );
  const first = Math.min(...met.map(({ priority }) => priority));
  const deciding = met.filter(({ priority }) => priority === first);
  if (deciding.length === 0 || !deciding.every((policy) => isForcing(policy, wanted)))
    insufficient(`no policy of the kernel forces ${nameOf(ends)} through its association (${direction})`);
}

function isTcp(protocol: string | undefined): boolean {
  return protocol === undefined || protocol === 'tcp' || protocol === '6';
}

function isForcing({ action, isPartial, templates }: XfrmPolicy, wanted: Forced): boolean {
  const [template] = templates;
  if (action !== 'allow' || isPartial || template === undefined || templates.length > 1) return false;
  return asksFor(template, wanted);
}

function asksFor(template: XfrmTemplate, { direction, outer, mode, requestId }: Forced): boolean {
  const [from, to] = direction === 'out' ? [outer.local, outer.remote] : [outer.remote, outer.local];
  const isRight = !template.isOptional && template.protocol === 'esp' && template.requestId === requestId;
  if (!isRight || template.mode !== mode) return false;
  return mode === 'transport' || (isOf(template.source, from) && isOf(template.destination, to));
}

function isOf(address: string, host: string): boolean {
  const selector: Selector = { addresses: address, port: undefined };
  return covers(selector, { address: host, port: 0 });
}

function isSection(value: ViciValue): value is ViciSection {
  return value instanceof Map;
}

function text(section: ViciSection, name: string): string {
  const value = section.get(name);
  return typeof value === 'string' && value !== '' ? value : insufficient(`the IKE daemon shows no ${name}`);
}

function nameOf({ local, remote }: Ends): string {
  return `${plainAddress(local.address)} to ${plainAddress(remote.address)}`;
}

function insufficient(about: string): never {
  return refuse('attestationInsufficient', about);
}
