// SPDX-License-Identifier: Apache-2.0

/**
 * Takes a signed image on the Linux board, from its host: into its store, domain `update`, where the key of whoever signs
 * images is `owner` and the host's port `port`. Ends when the host has hung up. src/update says what is taken.
 */
import { decodeFlat } from '../../src/cbor/flat.ts';
import { createRunningSha256 } from '../../src/crypto/noble/running-hash.ts';
import { Refusal, refuse } from '../../src/refusal.ts';
import {
  decodeUpdateMessage,
  encodeAnswer,
  type UpdateMessage,
  UpdateStep,
} from '../../src/update/message.ts';
import { beginUpdate, type Update } from '../../src/update/update.ts';
import { overLine } from '../links/stream-link.ts';
import { reportAborts } from '../platform/abort.ts';
import { BOARD } from '../platform/board.ts';
import { openStore, type Store } from '../platform/store.ts';
import { openHostProvider } from '../providers/host-provider.ts';
import { selfTest } from '../selftest/selftest.ts';
import { halt, say } from './journal.ts';

/** Of the longest image. Its store has as much again for the one that starts. */
const MAX_BYTES = 4_194_304;

// biome-ignore lint/style/noDefaultExport: what starts a board calls it.
export default function main(): void {
  reportAborts();
  const provider = openHostProvider();
  const failure = selfTest(provider);
  if (failure !== undefined) return halt(`self-test ${failure.check} (${failure.code}): no image was taken`);
  const store = openStore('update');
  const options = {
    ...{ provider, board: BOARD, maxBytes: MAX_BYTES, medium: store },
    publicKey: store.read('owner') ?? refuse('notProvisioned'),
    createHash: createRunningSha256,
  };
  let update: Update | undefined;

  function take(message: UpdateMessage): void {
    if (message.step === UpdateStep.begin) {
      update = beginUpdate(options, message.bytes);
      return say(`update to version ${update.manifest.version} begins: ${update.manifest.size} bytes`);
    }
    if (update === undefined) refuse('stateInvalid');
    if (message.step === UpdateStep.write) return update.write(message.bytes);
    update.finish();
    say(`version ${update.manifest.version} starts from now on`);
  }

  overLine(portIn(store))(
    (link) => ({
      onMessage: (bytes) => link.send(encodeAnswer(reasonOf(() => take(decodeUpdateMessage(bytes))))),
      onClosed(): void {},
    }),
    () => say('the host is not there'),
  );
}

function portIn(store: Store): number {
  const [port] = decodeFlat(store.read('port') ?? refuse('notProvisioned'));
  return typeof port === 'number' ? port : refuse('notProvisioned');
}

/** 0 where nothing was refused. */
function reasonOf(work: () => void): number {
  try {
    work();
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`refused ${error.message}`);
    return error.reason;
  }
}
