// SPDX-License-Identifier: Apache-2.0

/** Instructions that the machine has retired since the start. Only the qemu-rv32 board counts them. */
export function retiredInstructions(this: void): number {
  return native('xs_pne_instructions').call(this);
}
