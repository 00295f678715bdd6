// SPDX-License-Identifier: Apache-2.0

import { runCurveVectorTests } from '../../crypto/curve-vectors.testing.ts';
import { runCurveTests } from '../../crypto/curves.testing.ts';
import { createNodeProvider } from './provider.ts';

runCurveTests(createNodeProvider);
runCurveVectorTests(createNodeProvider, 1);
