// SPDX-License-Identifier: Apache-2.0

/** `npm run size -- --modules`: what each module of a bundle costs. */
import { bytecodeByModule, type ModuleCode } from './bytecode.ts';
import { heapByModule, type ModuleHeap } from './heap.ts';
import { SCOPE } from './modules.ts';

/** A slot on a 32-bit machine. */
const SLOT_BYTES = 16;

export interface ModuleCost {
  readonly module: string;
  readonly bytecodeBytes: number;
  /** What the functions that its body makes take in slots. */
  readonly functionBytes: number;
  /** What else its body leaves in memory: tables, objects, classes. */
  readonly heapBytes: number;
}

export interface BundleCost {
  /** Slots and chunks of the engine itself. */
  readonly builtInBytes: number;
  /** Names and variables of the bundle's one scope. */
  readonly scopeBytes: number;
  /** Largest in memory first. */
  readonly modules: readonly ModuleCost[];
}

export async function costByModule(bundle: string): Promise<BundleCost> {
  const code = await bytecodeByModule(bundle);
  const heap = await heapByModule(bundle);
  const modules = code.map((found) => costOf(found, heap));
  const declaredBytes = modules.reduce((sum, { functionBytes }) => sum + functionBytes, 0);
  return {
    builtInBytes: heap.builtInBytes,
    scopeBytes: heap.scopeBytes - declaredBytes,
    modules: modules.sort((a, b) => memoryOf(b) - memoryOf(a)),
  };
}

function costOf({ module, bytes, functionSlots }: ModuleCode, { modules }: ModuleHeap): ModuleCost {
  const heapBytes = modules.find((found) => found.module === module)?.bytes ?? 0;
  return { module, bytecodeBytes: bytes, functionBytes: functionSlots * SLOT_BYTES, heapBytes };
}

function memoryOf({ functionBytes, heapBytes }: ModuleCost): number {
  return functionBytes + heapBytes;
}

export function formatModules({ builtInBytes, scopeBytes, modules }: BundleCost): string[][] {
  const total = (part: (cost: ModuleCost) => number) =>
    String(modules.reduce((sum, cost) => sum + part(cost), 0));
  return [
    ['module', 'bytecode', 'functions', 'else, when loaded'],
    ...modules.map(({ module, bytecodeBytes, functionBytes, heapBytes }) => [
      module === SCOPE ? 'bundle as a whole' : module,
      ...[bytecodeBytes, functionBytes, heapBytes].map(String),
    ]),
    ['names and variables of the bundle', '', '', String(scopeBytes)],
    [
      'sum',
      total((cost) => cost.bytecodeBytes),
      total((cost) => cost.functionBytes),
      String(Number(total((cost) => cost.heapBytes)) + scopeBytes),
    ],
    ["the engine's built-ins", '', '', String(builtInBytes)],
  ];
}
