// SPDX-License-Identifier: Apache-2.0

/* Test code: a crypto library whose configuration is what the compiler is told. */
