// SPDX-License-Identifier: Apache-2.0

/**
 * Decides over the security of one connection, above ble-host and for either role. ble-host says `mitm` where
 * it was only asked for; what a pairing gave is in `pairingComplete`, and that is what counts here, then and
 * for as long as the bond lasts.
 *
 * A bond is never replaced by a pairing: who claims to have lost its own may be an impostor. Either side
 * refuses until its owner has it forget the bond, by `Central.forget` at a gateway and by erasing its bonds at
 * a PNE; then the two pair as strangers do. A bond whose key ble-host does not have is none.
 */
import bleHost, { type Connection, type PairingFeatures, type PairingResult } from 'ble-host';
import { BLE_KEY_BYTES, type BleDemand, type BleSecurity, meetsDemand } from '../../link/ble.ts';
import { type Bonds, peerOf } from './bonds.ts';
import { channelBinding } from './channel-binding.ts';
import { SmpReason } from './smp.ts';

const { AssociationModels, HciErrors, SmpErrors } = bleHost;

export type GateSecurity = Required<BleSecurity>;

export interface GateOptions {
  readonly connection: Connection;
  readonly bonds: Bonds;
  readonly demand: BleDemand;
  /** As SMP numbers them. */
  readonly ioCapabilities: number;
  /** Whether a new bond counts from its pairing on, or once `prove` is called. */
  readonly bondsCount: 'paired' | 'proved';
  /** The connection is secured as was demanded, perhaps anew. */
  onSecured(security: GateSecurity): void;
  /** The connection was not, and ends; the reason in words. */
  onRefused(reason: string): void;
  readonly user: GateUser;
}

/** Who stands in front of the device. What is asked needs no answer where the pairing ends before. */
export interface GateUser {
  showPasskey(passkey: number): void;
  typePasskey(answer: (passkey: number) => void): void;
  compare(number: number, answer: (isSame: boolean) => void): void;
}

type PasskeyAnswer = (passkey?: number) => void;

export class Gate {
  private readonly options: GateOptions;
  private current: GateSecurity | undefined;
  private isPairing = false;
  private isOver = false;

  constructor(options: GateOptions) {
    this.options = options;
    const { smp } = options.connection;
    smp.on('pairingRequest', (_request: PairingFeatures, accept: (own: PairingFeatures) => void) =>
      this.onPairingRequest(accept),
    );
    smp.on('passkeyExchange', (model: number, passkey: string | null, answer: PasskeyAnswer) =>
      this.onPasskey(model, passkey, answer),
    );
    smp.on('pairingComplete', (result: PairingResult) => this.onPaired(result));
    smp.on('pairingFail', (reason: number) => this.refuse(`pairing: ${SmpErrors.toString(reason)}`));
    smp.on('encrypt', (status: number) => this.onEncrypted(status));
    smp.on('timeout', () => this.refuse('pairing: timed out'));
  }

  /** undefined while the connection is not secured as was demanded. */
  get security(): GateSecurity | undefined {
    return this.isOver ? undefined : this.current;
  }

  /** The peer has proved above the link who it is, and has kept the key of its bond. */
  prove(): void {
    const { connection, bonds } = this.options;
    const bond = bonds.find(peerOf(connection));
    if (bond !== undefined && bonds.isTentative(bond)) this.keep(bond.authenticated, bonds.keyOf(bond)!);
  }

  /** The central's part: encrypts with the bond's key, or pairs. */
  start(): void {
    const { smp } = this.options.connection;
    if (this.isBonded) smp.startEncryption();
    else this.pair(() => smp.sendPairingRequest(this.features()));
  }

  private get isBonded(): boolean {
    const { connection, bonds } = this.options;
    return connection.smp.hasLtk && bonds.find(peerOf(connection)) !== undefined;
  }

  /** A central is asked so by the peripheral; a peripheral is asked to pair. */
  private onPairingRequest(accept: (own: PairingFeatures) => void): void {
    this.pair(() => accept(this.features()));
  }

  private pair(begin: () => void): void {
    if (this.isOver) return;
    const { connection, bonds } = this.options;
    if (this.isBonded) return this.refusePairing('has a bond already');
    const keyless = bonds.find(peerOf(connection));
    // Else a key that is refused later would count as this bond's.
    if (keyless !== undefined && !this.attempt(() => bonds.remove(keyless)))
      return this.refusePairing('its former bond cannot be removed');
    if (bonds.isFull) return this.refusePairing('no room for another bond');
    this.isPairing = true;
    bonds.expect(peerOf(connection));
    begin();
  }

  private refusePairing(reason: string): void {
    const { smp } = this.options.connection;
    this.refuse(`pairing: ${reason}`, () => smp.sendPairingFailed(SmpReason.pairingNotSupported));
  }

  /** Identity keys are not exchanged: with them a peer could claim another's address, and so its bond. */
  private features(): PairingFeatures {
    const { ioCapabilities, demand } = this.options;
    const none = { encKey: false, idKey: false };
    return {
      ioCap: ioCapabilities,
      bondingFlags: 1,
      mitm: demand.authenticated,
      sc: true,
      maxKeySize: BLE_KEY_BYTES,
      initKeyDistr: none,
      rspKeyDistr: none,
    };
  }

  private onPasskey(model: number, passkey: string | null, answer: PasskeyAnswer): void {
    const { user, connection } = this.options;
    if (model === AssociationModels.NUMERIC_COMPARISON) {
      user.compare(Number(passkey), (isSame) => {
        if (isSame) answer();
        else connection.smp.sendPairingFailed(SmpErrors.NUMERIC_COMPARISON_FAILED!);
      });
    } else if (passkey === null) {
      user.typePasskey((typed) => {
        if (isPasskey(typed)) answer(typed);
        else connection.smp.sendPairingFailed(SmpErrors.PASSKEY_ENTRY_FAILED!);
      });
    } else user.showPasskey(Number(passkey));
  }

  private onPaired({ sc, mitm, bond, rspLtk }: PairingResult): void {
    if (this.isOver) return;
    const { demand } = this.options;
    const security = secured({ authenticated: mitm, bonded: bond }, rspLtk);
    if (!sc || !meetsDemand(security, demand)) return this.refuse('pairing: weaker than demanded');
    if (!bond) this.abandon();
    else if (!this.keepPaired(mitm, rspLtk)) return this.refuse('pairing: its bond cannot be kept');
    this.isPairing = false;
    this.secure(security);
  }

  private keepPaired(authenticated: boolean, key: Uint8Array): boolean {
    const { connection, bonds, bondsCount } = this.options;
    if (bondsCount === 'paired') return this.keep(authenticated, key);
    return this.attempt(() => bonds.complete({ ...peerOf(connection), authenticated }, key));
  }

  private keep(authenticated: boolean, key: Uint8Array): boolean {
    const { connection, bonds } = this.options;
    return this.attempt(() => bonds.add({ ...peerOf(connection), authenticated }, key));
  }

  private abandon(): void {
    const { connection, bonds } = this.options;
    this.attempt(() => bonds.abandon(peerOf(connection)));
  }

  /** Whether the store did it. */
  private attempt(write: () => void): boolean {
    try {
      write();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * While a pairing is under way what it gives is not known yet. One whose end was not seen, or whose peer has proved
   * nothing since, and whose key the peer has not kept either, has left no bond.
   */
  private onEncrypted(status: number): void {
    const { connection, bonds, bondsCount, demand } = this.options;
    if (this.isPairing && status === 0) return;
    if (status === HciErrors.PIN_OR_KEY_MISSING) this.abandon();
    if (status !== 0) return this.refuse(`encryption: ${HciErrors.toString(status)}`);
    const bond = bonds.find(peerOf(connection));
    if (bond === undefined) return this.refuse('encryption: a key without a bond');
    const { authenticated } = bond;
    const key = bonds.keyOf(bond)!;
    const security = secured({ authenticated, bonded: true }, key);
    if (!meetsDemand(security, demand)) return this.refuse('encryption: the bond is weaker than demanded');
    if (bondsCount === 'paired' && bonds.isTentative(bond)) this.keep(authenticated, key);
    this.secure(security);
  }

  private secure(security: GateSecurity): void {
    if (this.isOver) return;
    this.current = security;
    this.options.onSecured(security);
  }

  /** `farewell` is said to the peer before the connection ends; what the stack makes of it counts no more. */
  private refuse(reason: string, farewell?: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.isPairing) this.abandon();
    farewell?.();
    this.options.connection.disconnect(HciErrors.AUTHENTICATION_FAILURE);
    this.options.onRefused(reason);
  }
}

/** What the filter and this gate let through is LE Secure Connections with the longest key. */
function secured(pairing: Pick<GateSecurity, 'authenticated' | 'bonded'>, key: Uint8Array): GateSecurity {
  return {
    ...pairing,
    encrypted: true,
    keySize: BLE_KEY_BYTES,
    secureConnections: true,
    channelBinding: channelBinding(key),
  };
}

/** ble-host throws at whatever else it is given. */
function isPasskey(typed: number): boolean {
  return Number.isInteger(typed) && typed >= 0 && typed <= 999_999;
}
