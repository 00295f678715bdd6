// SPDX-License-Identifier: Apache-2.0

/** What is between PN GW and CPNS Server in a scenario: IPsec, or a stand-in that says that it is one. */
import { join } from 'node:path';
import { createIpsecWitness, type IpsecWitness } from '../../../src/node/ipsec/witness.ts';
import { StandIn } from '../ipsec/stand-in.ts';
import type { EvidenceName } from './evidence.ts';

export interface IpsecPath {
  readonly isStandIn: boolean;
  /** In a line, what it is. */
  readonly description: string;
  /** Where the server listens, and the gateway is no other. */
  readonly serverHost: string;
  readonly gateway: IpsecWitness;
  readonly server: IpsecWitness;
  close(): Promise<void>;
}

const GATEWAY = '127.0.0.1';
const SERVER = '127.0.0.2';

/** `folder`: where its sockets may be. `without`: what is to be missing of it. */
export async function openStandIn(folder: string, without: EvidenceName | undefined): Promise<IpsecPath> {
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
    description:
      'IPsec between PN GW and CPNS Server is a STAND-IN: it says what strongSwan and the kernel would, and encrypts nothing',
    async close(): Promise<void> {
      gateway.close();
      server.close();
      await standIn.stop();
    },
  };
}
