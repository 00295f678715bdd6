// SPDX-License-Identifier: Apache-2.0

import { runProviderSuite } from '../../crypto/suite.testing.ts';
import { createNodeProvider } from './provider.ts';

runProviderSuite(createNodeProvider);
