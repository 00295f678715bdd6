// SPDX-License-Identifier: Apache-2.0

/* Where a TCP client connects to, of what JavaScript gives it. */

#include "tcp-connect.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>

/* Starts to connect. Returns a descriptor, or -1. Names are resolved before this returns. */
static int tcpConnect(const char *host, int port)
{
	char service[8];
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(host, service, &hints, &found))
		return -1;
	int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor >= 0 && connect(descriptor, found->ai_addr, found->ai_addrlen) < 0 && errno != EINPROGRESS) {
		close(descriptor);
		descriptor = -1;
	}
	freeaddrinfo(found);
	return descriptor;
}

int tcpOpen(xsMachine *the)
{
	char host[256];
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID("format"));
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType && strcmp(xsmcToString(xsVar(0)), "buffer"))
		xsRangeError("tcp: only the format \"buffer\" is there");
	xsmcGet(xsVar(0), xsArg(0), xsID("port"));
	int port = xsmcToInteger(xsVar(0));
	if (port < 1 || port > 65535)
		xsRangeError("tcp: invalid port");
	xsmcGet(xsVar(0), xsArg(0), xsID("address"));
	if (xsmcTypeOf(xsVar(0)) == xsUndefinedType)
		xsmcGet(xsVar(0), xsArg(0), xsID("host"));
	xsmcToStringBuffer(xsVar(0), host, sizeof(host));
	int descriptor = tcpConnect(host, port);
	if (descriptor < 0)
		xsUnknownError("tcp: cannot connect to %s port %d", host, port);
	return descriptor;
}
