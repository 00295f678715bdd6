// SPDX-License-Identifier: Apache-2.0

/* How tcp.c comes by its socket. */

#ifndef PNE_TCP_CONNECT_H
#define PNE_TCP_CONNECT_H

#include "xsmc.h"
#include "host.h"

/* Starts to connect as argument 0 says. Returns a descriptor, and throws where there is none. */
int tcpOpen(xsMachine *the);

#endif
