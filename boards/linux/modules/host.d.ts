// SPDX-License-Identifier: Apache-2.0

/** A class whose instances hold C data, released by the destructor of that name. */
declare function Native(destructor: `xs_${string}`): new () => object;
