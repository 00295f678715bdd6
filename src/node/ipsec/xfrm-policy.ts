// SPDX-License-Identifier: Apache-2.0

/** The kernel's IPsec policies, as `ip -s xfrm policy` prints them (iproute2 6.1). */
import { NodeLimits } from '../../node-limits.ts';
import { refuse } from '../../refusal.ts';
import type { Selector } from './selector.ts';

export interface XfrmTemplate {
  /** Addresses of the tunnel's ends; unspecified in transport mode. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly requestId: string;
  readonly mode: string;
  /** What the template asks for may be left out. */
  readonly isOptional: boolean;
}

export interface XfrmPolicy {
  readonly direction: string;
  readonly source: Selector;
  readonly destination: Selector;
  /** By its name or number; undefined: any. */
  readonly protocol: string | undefined;
  readonly action: string;
  /** The smallest decides. */
  readonly priority: number;
  /** It holds for some packets between its addresses only: for an interface, a mark, one socket's peer and the like. */
  readonly isPartial: boolean;
  readonly templates: readonly XfrmTemplate[];
}

const SELECTOR = /^src (\S+) dst (\S+)((?: \S+)*) ?$/;
const TERMS = /^\t(dir|socket) (\S+) action (\S+) index \d+ priority (\d+) ptype (\S+)/;
const TEMPLATE = /^\ttmpl src (\S+) dst (\S+)$/;
const HOW = /^\t\tproto (\S+) spi \S+ reqid (\d+)\(\S+\) mode (\S+)$/;
const LEVEL = /^\t\tlevel (\S+) share/;
/** Lines of a policy that narrow nothing. */
const NEUTRAL = /^\t(lifetime | {2}|\tenc-mask )/;
/** Pairs of a selector that narrow nothing, or that are read. */
const READ: readonly string[] = Object.freeze(['proto', 'sport', 'dport']);

/** Policies of single sockets are left out. Refuses `messageInvalid` what it does not read, and `tooManyItems`. */
export function parseXfrmPolicies(text: string): readonly XfrmPolicy[] {
  const blocks = text.split(/\n(?=src )/).filter((block) => block.trim() !== '');
  if (blocks.length > NodeLimits.xfrmMaxPolicies) refuse('tooManyItems');
  return blocks.flatMap((block) => parsePolicy(block.replace(/\n$/, '').split('\n')));
}

function parsePolicy([head = '', terms = '', ...rest]: readonly string[]): readonly XfrmPolicy[] {
  const [, source, destination, pairs = ''] = SELECTOR.exec(head) ?? refuse('messageInvalid');
  const [, kind, direction, action, priority, type] = TERMS.exec(terms) ?? refuse('messageInvalid');
  if (kind === 'socket') return [];
  const narrowing = pairsOf(pairs);
  const { templates, isNarrowed } = parseRest(rest);
  const unread = [...narrowing].filter(([name, value]) => !READ.includes(name) && name + value !== 'uid0');
  return [
    {
      direction: direction!,
      source: { addresses: source!, port: narrowing.get('sport') },
      destination: { addresses: destination!, port: narrowing.get('dport') },
      protocol: narrowing.get('proto'),
      action: action!,
      priority: Number(priority),
      isPartial: isNarrowed || unread.length > 0 || type !== 'main',
      templates,
    },
  ];
}

function pairsOf(text: string): ReadonlyMap<string, string> {
  const words = text.split(' ').filter((word) => word !== '');
  const pairs = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]!;
    if (pairs.has(name)) refuse('duplicateKey');
    pairs.set(name, words[at + 1] ?? refuse('messageInvalid'));
  }
  return pairs;
}

function parseRest(lines: readonly string[]): { templates: XfrmTemplate[]; isNarrowed: boolean } {
  const templates: XfrmTemplate[] = [];
  let isNarrowed = false;
  for (let at = 0; at < lines.length; at += 1) {
    const template = TEMPLATE.exec(lines[at]!);
    if (template !== null) {
      templates.push(parseTemplate(template, lines[at + 1] ?? '', lines[at + 2] ?? ''));
      at += 2;
    } else if (!NEUTRAL.test(lines[at]!)) isNarrowed = true;
  }
  return { templates, isNarrowed };
}

function parseTemplate([, source, destination]: RegExpExecArray, how: string, level: string): XfrmTemplate {
  const [, protocol, requestId, mode] = HOW.exec(how) ?? refuse('messageInvalid');
  const [, required] = LEVEL.exec(level) ?? refuse('messageInvalid');
  return {
    source: source!,
    destination: destination!,
    protocol: protocol!,
    requestId: requestId!,
    mode: mode!,
    isOptional: required !== 'required',
  };
}
