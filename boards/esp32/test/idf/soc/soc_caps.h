// SPDX-License-Identifier: Apache-2.0

/* SOC_HMAC_SUPPORTED comes with the command line: the S3, the C3 and the C6 have it. */
