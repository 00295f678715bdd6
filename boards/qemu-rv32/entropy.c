// SPDX-License-Identifier: Apache-2.0

/* Where mbedTLS's random generator gets its seeds (mbedtls-config.h). */

#include "random.h"

#include <mbedtls/entropy.h>
#include <mbedtls/entropy_poll.h>

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t length, size_t *written)
{
	(void)data;
	*written = 0;
	if (randomFill(output, length) < 0)
		return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
	*written = length;
	return 0;
}
