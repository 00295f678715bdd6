// SPDX-License-Identifier: Apache-2.0

/** A device gets its provisioning, its root key, its store and its first boot. */
import { Curve } from '../../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../../src/crypto/provider.ts';
import { beginBoot } from '../../../src/delivery/boot.ts';
import { createNodeProvider } from '../../../src/node/crypto/provider.ts';
import { decodeProvisioning, encodeProvisioning } from '../../../src/roles/provisioning.ts';
import { HEAD } from '../../../src/store/place.ts';
import { openSealedStore } from '../../../src/store/sealed-store.ts';
import { Purpose } from '../../../src/store/store.ts';
import { identityOf } from '../../chaos/member.ts';
import { Random } from '../../chaos/random.ts';
import { Violation } from '../../chaos/violation.ts';
import { contentOf } from '../content.ts';
import type { CutMedium } from '../cut-medium.ts';
import { onDevice } from '../run.ts';

const PNE_ID = 'pne-1';
const ROOT_LENGTH = 32;
const PROVISIONING = 'provisioning';
/** Beside the store, as boards/qemu-rv32/root-key.c has it. */
const ROOT_KEY = 'root-key';

export const provision = onDevice({
  name: 'provision',
  prepare(medium, seed) {
    const random = new Random(seed);
    const provider: CryptoProvider = { ...createNodeProvider(), fillRandom: (target) => random.fill(target) };
    const bytes = provisioning(provider, random);
    const ownKey = provider.privateKey(Curve.P256, random.bytes(ROOT_LENGTH).fill(1, 0, 1));
    /** Whoever provisions it begins again where it was not done. */
    function start(): void {
      if (medium.read(PROVISIONING) === undefined) medium.write(PROVISIONING, bytes);
      if (medium.read(ROOT_KEY) === undefined) medium.write(ROOT_KEY, random.bytes(ROOT_LENGTH));
      const root = medium.read(ROOT_KEY)!;
      const store = openSealedStore(provider, provider.secret(root), medium);
      if (store.read(Purpose.identity, 0) === undefined)
        store.write(Purpose.identity, 0, { data: new Uint8Array(0), privateKey: ownKey });
      beginBoot(store.boots, provider.fillRandom);
    }
    return {
      commits: [PROVISIONING, ROOT_KEY, HEAD],
      run: start,
      restart: start,
      check(): void {
        if (decodeProvisioning(medium.read(PROVISIONING)!).pneId !== PNE_ID)
          throw new Violation('the provisioning is another');
        const [epoch, identity] = storeContent(medium).split('\n');
        if (!/^epoch [1-9]/.test(epoch!) || identity === '') throw new Violation('the store is not whole');
      },
      content: (of) => `${of.read(PROVISIONING)?.length} ${storeContent(of)}`,
    };
  },
});

function storeContent(medium: CutMedium): string {
  const root = medium.read(ROOT_KEY);
  return root === undefined ? 'no root key' : contentOf(root, medium);
}

function provisioning(provider: CryptoProvider, random: Random): Uint8Array {
  const ends = ['pne', 'gateway', 'server'].map((name, at) =>
    identityOf(provider.generateKey(Curve.P256), name, at),
  );
  const [own, gateway, server] = ends.map(({ credential }) => credential.cred) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return encodeProvisioning({
    pneId: PNE_ID,
    gatewayAddress: '127.0.0.1',
    gatewayPort: 1,
    privateKey: random.bytes(32),
    ownCcs: own,
    gatewayCcs: gateway,
    serverCcs: server,
  });
}
