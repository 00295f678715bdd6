// SPDX-License-Identifier: Apache-2.0

/** Which addresses and ports a traffic selector or a policy is for. */
import { BlockList, isIP } from 'node:net';

/** One end of a connection. */
export interface End {
  readonly address: string;
  readonly port: number;
}

export interface Selector {
  /** An address, with or without the length of a prefix. */
  readonly addresses: string;
  /** In decimal; undefined: any. */
  readonly port: string | undefined;
}

const TRAFFIC = /^([0-9a-fA-F.:]+(?:\/\d{1,3})?)(?:\[(?:tcp|6)(?:\/(\d{1,5}))?\])?$/;
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Of a traffic selector as strongSwan writes it, for TCP; undefined: for other things, or for a range. */
export function trafficSelector(text: string): Selector | undefined {
  const [, addresses, port] = TRAFFIC.exec(text) ?? [];
  return addresses === undefined ? undefined : { addresses, port };
}

/** A selector that is no address at all covers nothing. */
export function covers({ addresses, port }: Selector, end: End): boolean {
  const [network = '', length] = addresses.split('/');
  const bits = network.includes(':') ? 128 : 32;
  const prefix = length === undefined ? bits : Number(length);
  const address = plainAddress(end.address);
  if (isIP(network) === 0 || isIP(address) !== isIP(network) || !(prefix >= 0 && prefix <= bits))
    return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, familyOf(network));
  return list.check(address, familyOf(address)) && (port === undefined || Number(port) === end.port);
}

/** An IPv4 address also where a socket for both shows it as one of IPv6. */
export function plainAddress(address: string): string {
  return address.replace(MAPPED, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
