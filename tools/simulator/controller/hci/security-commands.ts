// SPDX-License-Identifier: Apache-2.0

/** Encryption of connections, and P-256 for hosts that have none of their own. */
import { createECDH, type ECDH } from 'node:crypto';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { type LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import type { Command, CommandTarget } from './command.ts';
import { LeEvent } from './packet.ts';

const CURVE = 'prime256v1';
const COORDINATE = 32;
const UNCOMPRESSED = 4;
/** A DHKey that a host takes for invalid. */
const NO_KEY = new Uint8Array(COORDINATE).fill(0xff);

export const SECURITY_COMMANDS: readonly Command[] = [
  {
    opcode: 0x2019, // LE Enable Encryption
    supported: [28, 0],
    length: 28,
    hasOutcome: true,
    run: ({ connections }, parameters) => {
      const { encryption } = connections.link(parameters.uint16()).control;
      const [rand, diversifier] = [parameters.octets(8), parameters.octets(2)];
      encryption.start({ rand, diversifier, longTermKey: parameters.octets(16) });
    },
  },
  {
    opcode: 0x201a, // LE Long Term Key Request Reply
    supported: [28, 1],
    length: 18,
    run: ({ connections }, parameters) => {
      const handle = parameters.uint16();
      connections.link(handle).control.encryption.provideKey(parameters.octets(16));
      return new LittleEndianWriter().uint16(handle);
    },
  },
  {
    opcode: 0x201b, // LE Long Term Key Request Negative Reply
    supported: [28, 2],
    length: 2,
    run: ({ connections }, parameters) => {
      const handle = parameters.uint16();
      connections.link(handle).control.encryption.refuseKey();
      return new LittleEndianWriter().uint16(handle);
    },
  },
  {
    opcode: 0x2025, // LE Read Local P-256 Public Key
    supported: [34, 1],
    length: 0,
    hasOutcome: true,
    run: (controller) => {
      controller.ecdh = generateKey(controller);
      const [, ...point] = controller.ecdh.getPublicKey();
      const x = Uint8Array.from(point.slice(0, COORDINATE).reverse());
      const y = Uint8Array.from(point.slice(COORDINATE).reverse());
      const event = new LittleEndianWriter().uint8(ErrorCode.success).octets(x).octets(y);
      controller.host.leEvent(LeEvent.localP256PublicKey, event);
    },
  },
  {
    opcode: 0x2026, // LE Generate DHKey
    supported: [34, 2],
    length: 64,
    hasOutcome: true,
    run: (controller, parameters) => {
      const key = agree(controller.ecdh ?? refuseCommand(ErrorCode.commandDisallowed), parameters);
      const status = key === undefined ? ErrorCode.invalidParameters : ErrorCode.success;
      const event = new LittleEndianWriter().uint8(status).octets(key ?? NO_KEY);
      controller.host.leEvent(LeEvent.generateDhKey, event);
    },
  },
];

/** A key from the injected generator: bytes that are no private key are drawn again. */
function generateKey({ air }: CommandTarget): ECDH {
  const ecdh = createECDH(CURVE);
  for (;;) {
    try {
      ecdh.setPrivateKey(air.random(COORDINATE));
      return ecdh;
    } catch {
      // Zero, or not below the order.
    }
  }
}

/** Returns the shared secret, least significant octet first; undefined for a point that is not on the curve. */
function agree(ecdh: ECDH, parameters: LittleEndianReader): Uint8Array | undefined {
  const [x, y] = [parameters.octets(COORDINATE).reverse(), parameters.octets(COORDINATE).reverse()];
  try {
    return new Uint8Array(ecdh.computeSecret(Uint8Array.of(UNCOMPRESSED, ...x, ...y))).reverse();
  } catch {
    return undefined;
  }
}
