// SPDX-License-Identifier: Apache-2.0

/**
 * What a simulated device keeps to resume with. It goes back and is lost with the rest of its store. A clone has none:
 * records are sealed under a key of the chip.
 */
import type { InterfaceName } from '../../src/negotiation/policies.ts';
import type { ResumptionKey, ResumptionSlot } from '../../src/roles/resumption.ts';

export class KeyFile {
  private readonly histories = new Map<InterfaceName, (ResumptionKey | undefined)[]>();

  /** What a device that starts finds. Nothing is wiped, so that an earlier state can come back. */
  open(name: InterfaceName): ResumptionSlot {
    const history = this.histories.get(name) ?? [undefined];
    this.histories.set(name, history);
    return {
      get key(): ResumptionKey | undefined {
        return history[history.length - 1];
      },
      keep: (key) => void history.push(key),
    };
  }

  erase(): void {
    for (const history of this.histories.values()) history.push(undefined);
  }

  /** Returns to the state before so many writes. */
  rollBack(writes: number): void {
    for (const history of this.histories.values())
      history.push(history[Math.max(0, history.length - 1 - writes)]);
  }
}
