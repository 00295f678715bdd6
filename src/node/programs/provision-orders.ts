// SPDX-License-Identifier: Apache-2.0

/** Which devices are to be made: named on the command line, or in a file of CSV. */
import { readFileSync } from 'node:fs';
import { checkCodeId } from '../onboarding-code.ts';
import { parseAddress, UsageError, type Values } from './config.ts';

/** A device that is to be made, and where its gateway is. */
export interface Order {
  readonly pneId: string;
  /** `HOST:PORT`. */
  readonly gateway: string;
}

/** Refuses with `onboardingCodeInvalid` an id that no code can have. Throws what is wrong with the file. */
export function readOrders({ csv, gateway }: Values<'csv' | 'gateway'>, names: readonly string[]): Order[] {
  if ((csv === '') === (names.length === 0))
    throw new UsageError('provision takes names of devices, or --csv FILE with an id a line');
  const orders =
    csv === '' ? names.map((pneId) => ({ pneId, gateway })) : rowsOf(readFileSync(csv, 'utf8'), gateway);
  for (const { pneId } of orders) checkCodeId(pneId);
  const twice = orders.find(({ pneId }, at) => orders.findIndex((order) => order.pneId === pneId) < at);
  if (twice !== undefined) throw new UsageError(`${twice.pneId} is named twice`);
  return orders;
}

function rowsOf(text: string, gateway: string): Order[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = cellsOf(header);
  if (columns[0] !== 'id' || columns.length > 2 || (columns[1] ?? 'gateway') !== 'gateway')
    throw new UsageError("the CSV begins with the line 'id', or 'id,gateway'");
  if (lines.length === 0) throw new UsageError('the CSV names no device');
  return lines.map((line, at) => {
    const cells = cellsOf(line);
    if (cells.length !== columns.length) throw new UsageError(`line ${at + 2} of the CSV has another form`);
    const own = cells[1] ?? '';
    if (own !== '') checkAddress(own, at + 2);
    return { pneId: cells[0]!, gateway: own === '' ? gateway : own };
  });
}

function checkAddress(text: string, line: number): void {
  try {
    parseAddress(text);
  } catch (error) {
    throw new UsageError(`line ${line} of the CSV ${(error as Error).message}, not '${text}'`);
  }
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => cell.trim());
}
