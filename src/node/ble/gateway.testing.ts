// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Transport } from 'ble-host';
import { Mailbox } from '../../../tools/interop/ble/mailbox.ts';
import type { Values } from '../../../tools/interop/end.ts';
import { serveLines } from '../../../tools/interop/lines.ts';
/** A program: the gateway's central as it is, with somebody in front of it who is asked by lines of JSON. */
import { toHex } from '../../bytes/hex.ts';
import type { Link } from '../../link/link.ts';
import { openBondFiles } from './bond-files.ts';
import { Bonds, type Peer } from './bonds.ts';
import { type Central, startCentral } from './central.ts';
import type { GateUser } from './gate.ts';
import { connectTransport } from './h4-socket.ts';
import { openHost } from './host.ts';

const PATIENCE_MS = 20_000;
const COMMAND = 0x01;
const ENABLE_ENCRYPTION = 0x2019;
const EVENT = 0x04;
const ENCRYPTION_CHANGE = 0x08;
const mailbox = new Mailbox<Values>();
let central: Central | undefined;
let link: Link | undefined;
let links = 0;
/** What the start of the host put right. */
const mended: string[] = [];
let typed: ((passkey: number) => void) | undefined;
let compared: ((isSame: boolean) => void) | undefined;

serveLines({
  async open({ socket, address, io, authenticated, maxBonds, dies }) {
    const demand = { authenticated: authenticated === 'yes' };
    const ioCapabilities = Number(io);
    const transport = mortal(connectTransport(socket!), dies);
    const bonds = new Bonds(openBondFiles('bonds'), Number(maxBonds ?? 64));
    const onProblem = (problem: string) => mended.push(problem);
    const manager = await openHost({
      transport,
      address: address!,
      demand,
      ioCapabilities,
      bonds,
      onProblem,
    });
    central = startCentral({
      manager,
      onFailed: () => undefined,
      bonds,
      demand,
      ioCapabilities,
      after(milliseconds, callback) {
        const timer = setTimeout(callback, milliseconds);
        return { cancel: () => clearTimeout(timer) };
      },
      onLink: adopt,
      random: Math.random,
      user: () => USER,
      onProblem: ({ address }, problem) => mailbox.put('problem', { address, problem }),
    });
    return {};
  },
  take: ({ kind }) => mailbox.take(kind!, PATIENCE_MS),
  type({ passkey }) {
    typed!(Number(passkey));
    return {};
  },
  compare({ isSame }) {
    compared!(isSame === 'yes');
    return {};
  },
  send({ bytes }) {
    link!.send(Buffer.from(bytes!, 'hex'));
    return {};
  },
  attestation: () => described(link!),
  mended: () => ({ problems: mended.join('; ') }),
  links: () => ({ count: String(links) }),
  forget({ peer }) {
    central!.forget({ addressType: 'random', address: peer! } satisfies Peer);
    return {};
  },
});

const USER: GateUser = {
  showPasskey: (passkey) => mailbox.put('show', { passkey: String(passkey) }),
  typePasskey(answer) {
    typed = answer;
    mailbox.put('type', {});
  },
  compare(number, answer) {
    compared = answer;
    mailbox.put('compare', { number: String(number) });
  },
};

function adopt(opened: Link) {
  link = opened;
  links += 1;
  mailbox.put('link', described(opened));
  return {
    onMessage: (message: Uint8Array) => mailbox.put('message', { bytes: toHex(message) }),
    onClosed: () => mailbox.put('closed', {}),
  };
}

function described(of: Link): Values {
  const { peer, channelBinding, ...facts } = of.attestation();
  const texts = Object.entries(facts).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(texts), ...hexOf({ peer, channelBinding }) };
}

function hexOf(values: Readonly<Record<string, Uint8Array | undefined>>): Values {
  const texts = Object.entries(values).map(([name, bytes]) => [name, toHex(bytes ?? new Uint8Array(0))]);
  return Object.fromEntries(texts);
}

/** Ends this process where a pairing's key goes to the controller, or where the controller has used it. */
function mortal(transport: Transport, dies: string | undefined): Transport {
  const between = new EventEmitter();
  transport.on('data', (packet: Buffer) => {
    const isEncrypted = packet[0] === EVENT && packet[1] === ENCRYPTION_CHANGE;
    if (dies === 'encrypted' && isEncrypted) process.exit(1);
    between.emit('data', packet);
  });
  return Object.assign(between, {
    write(packet: Buffer): void {
      const isKey = packet[0] === COMMAND && packet.readUInt16LE(1) === ENABLE_ENCRYPTION;
      if (dies === 'encrypting' && isKey) process.exit(1);
      transport.write(packet);
    },
  });
}
