// SPDX-License-Identifier: Apache-2.0

import { runCurveVectorTests } from '../../src/crypto/curve-vectors.testing.ts';
import { runCurveTests } from '../../src/crypto/curves.testing.ts';
import { Curve } from '../../src/crypto/curves.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { cryptoNatives } from '../platform/crypto.ts';

/** A build-time definition: every n-th vector is taken. */
declare const CURVE_STRIDE: number;

const create = () => createNativeProvider(cryptoNatives()!);

runCurveTests(create, [Curve.P256, Curve.X25519]);
runCurveVectorTests(create, CURVE_STRIDE);
