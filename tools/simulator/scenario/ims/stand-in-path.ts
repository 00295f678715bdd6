// SPDX-License-Identifier: Apache-2.0

/** The stand-in for IPsec, on loopback. */
import { join } from 'node:path';
import { createIpsecWitness } from '../../../../src/node/ipsec/witness.ts';
import { StandIn } from '../../ipsec/stand-in.ts';
import type { EvidenceName } from './evidence.ts';
import type { IpsecPath } from './ipsec-path.ts';

const GATEWAY = '127.0.0.1';
const SERVER = '127.0.0.2';

/** `why`: there is no IPsec. */
export async function openStandIn(
  folder: string,
  without: EvidenceName | undefined,
  why: string,
): Promise<IpsecPath> {
  const viciPath = (name: string) => join(folder, `stand-in-${name}.vici`);
  const ends = [
    { address: GATEWAY, id: 'gateway', viciPath: viciPath('gateway') },
    { address: SERVER, id: 'server', viciPath: viciPath('server') },
  ] as const;
  const standIn = new StandIn(...ends);
  standIn.hasPolicies = without !== 'policy';
  await standIn.start();
  if (without !== 'association') standIn.establish();
  const witnessOf = (index: 0 | 1) =>
    createIpsecWitness({
      viciPath: ends[index].viciPath,
      readPolicies: () => Promise.resolve(standIn.policiesOf(index)),
    });
  const [gateway, server] = [witnessOf(0), witnessOf(1)];
  return {
    ...{ isStandIn: true, serverHost: SERVER, gateway, server },
    description: `IPsec between PN GW and CPNS Server is a STAND-IN, which encrypts nothing and says what strongSwan and the kernel would: ${why}`,
    async close(): Promise<void> {
      gateway.close();
      server.close();
      await standIn.stop();
    },
  };
}
