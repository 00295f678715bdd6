// SPDX-License-Identifier: Apache-2.0

/** As main.ts, for a host with serial ports: boards/qemu-rv32. */
import './platform/names.ts';
import './platform/text-decoder.ts';
import { createNativeProvider } from '../src/crypto/native/provider.ts';
import { cryptoNatives } from './platform/crypto.ts';
import { after } from './platform/timer.ts';
import { startPne } from './pne.ts';
import { serials } from './serials.ts';

after(0, () => startPne(createNativeProvider(cryptoNatives()!), serials));
