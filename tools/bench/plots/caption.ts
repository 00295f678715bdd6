// SPDX-License-Identifier: Apache-2.0
import type { Results } from '../results.ts';

/** What the figures depend on, in lines that fit a plot. No date: the same figures give the same bytes. */
export function captionOf(results: Results): string[] {
  const { machine, engine, memory, compiler, flags, mbedTls, emulator, node, openssl } =
    results as Conditions;
  const where = [
    machine,
    emulator?.replace(/ \(.*/, ''),
    compiler?.replace(/ \(.*?\)/, ''),
    optimization(flags),
  ];
  const heap =
    memory &&
    `stack ${memory.stack} slots, chunks ${memory.chunk.initial} B, heap ${memory.heap.initial} slots`;
  const what = [
    engine && `${engine.name} ${engine.version}`,
    heap,
    mbedTls && `mbedTLS ${mbedTls}`,
    node && `Node ${node}`,
    openssl && `OpenSSL ${openssl}`,
  ];
  return [where, what].map((parts) => parts.filter(Boolean).join(' · ')).filter((text) => text !== '');
}

interface Conditions {
  readonly machine?: string;
  readonly engine?: { readonly name: string; readonly version: string };
  readonly memory?: {
    readonly stack: number;
    readonly chunk: { readonly initial: number };
    readonly heap: { readonly initial: number };
  };
  readonly compiler?: string;
  readonly flags?: string;
  readonly mbedTls?: string;
  readonly emulator?: string;
  readonly node?: string;
  readonly openssl?: string;
}

function optimization(flags: string | undefined): string | undefined {
  return flags?.match(/-O\w/)?.[0];
}
