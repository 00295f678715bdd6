// SPDX-License-Identifier: Apache-2.0

/* A TCP client as ECMA-419 describes it (embedded:io/socket/tcp, format "buffer"). */

#include "xsmc.h"
#include "host.h"
#include "tcp-connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

/* As much as a device buffers in each direction, so that code which ignores `count` fails here too. */
#define BUFFER_BYTES 1536

typedef struct {
	LoopWatch watch;
	LoopTimer end;
	xsMachine *the;
	xsSlot self;
	xsSlot onReadable;
	xsSlot onWritable;
	xsSlot onError;
	uint8_t connected;
	uint8_t ended;
	uint8_t closed;
	uint8_t calling;
	uint8_t written;
	uint32_t readCount;
	uint32_t writeCount;
	uint8_t readBytes[BUFFER_BYTES];
	uint8_t writeBytes[BUFFER_BYTES];
} Tcp;

void xs_tcp_destructor(void *data);
static void tcpMark(xsMachine *the, void *data, xsMarkRoot markRoot);

static const xsHostHooks gTcpHooks = { xs_tcp_destructor, tcpMark, NULL };

void xs_tcp_destructor(void *data)
{
	Tcp *tcp = data;
	if (!tcp)
		return;
	loopRemoveWatch(&tcp->watch);
	loopRemoveTimer(&tcp->end);
	close(tcp->watch.descriptor);
	free(tcp);
}

static void tcpMark(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Tcp *tcp = data;
	(*markRoot)(the, &tcp->onReadable);
	(*markRoot)(the, &tcp->onWritable);
	(*markRoot)(the, &tcp->onError);
}

static Tcp *tcpThis(xsMachine *the)
{
	Tcp *tcp = xsmcGetHostDataValidate(xsThis, (void *)&gTcpHooks);
	if (!tcp)
		xsUnknownError("tcp: closed");
	return tcp;
}

/* Polls while there is room to read; for writing while connecting and after every write. */
static void tcpUpdateEvents(Tcp *tcp)
{
	short events = 0;
	if (tcp->connected && tcp->readCount < BUFFER_BYTES)
		events |= POLLIN;
	if (!tcp->connected || tcp->written)
		events |= POLLOUT;
	tcp->watch.events = events;
}

static xsSlot tcpCallback(xsMachine *the, const char *name)
{
	xsSlot callback;
	xsmcGet(callback, xsArg(0), xsID(name));
	if (xsmcTypeOf(callback) != xsUndefinedType && !xsmcIsCallable(callback))
		xsUnknownError("tcp: %s is not a function", name);
	return callback;
}

/* Calls back with a count, or without arguments when the count is negative. Nothing follows a close. */
static void tcpCall(Tcp *tcp, xsSlot *callback, int64_t count)
{
	if (tcp->closed)
		return;
	xsBeginHost(tcp->the);
	if (xsmcTypeOf(*callback) != xsUndefinedType) {
		xsmcSetInteger(xsResult, (xsIntegerValue)count);
		if (count < 0)
			xsCallFunction0(*callback, tcp->self);
		else
			xsCallFunction1(*callback, tcp->self, xsResult);
	}
	xsEndHost(tcp->the);
}

/* The connection is over: nothing is sent any more, what arrived can still be read, then comes onError. */
static void tcpEnd(Tcp *tcp)
{
	tcp->ended = 1;
	tcp->writeCount = 0;
	loopRemoveWatch(&tcp->watch);
	if (!tcp->readCount)
		loopAddTimer(&tcp->end, hostMicroseconds());
}

static void tcpFlush(Tcp *tcp)
{
	ssize_t sent = send(tcp->watch.descriptor, tcp->writeBytes, tcp->writeCount, MSG_NOSIGNAL);
	if (sent < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			tcpEnd(tcp);
		return;
	}
	tcp->writeCount -= (uint32_t)sent;
	memmove(tcp->writeBytes, tcp->writeBytes + sent, tcp->writeCount);
}

static void tcpFill(Tcp *tcp)
{
	ssize_t received = recv(tcp->watch.descriptor, tcp->readBytes + tcp->readCount, BUFFER_BYTES - tcp->readCount, 0);
	if (received > 0)
		tcp->readCount += (uint32_t)received;
	else if (received == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		tcpEnd(tcp);
}

static void tcpConnected(Tcp *tcp)
{
	int error = 0;
	socklen_t length = sizeof(error);
	getsockopt(tcp->watch.descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
	if (error)
		tcpEnd(tcp);
	else
		tcp->connected = 1;
}

static void tcpHandle(Tcp *tcp, short events)
{
	uint32_t before = tcp->readCount;
	if (!tcp->connected)
		tcpConnected(tcp);
	if (tcp->ended)
		return;
	if (tcp->writeCount)
		tcpFlush(tcp);
	if (!tcp->ended && (events & (POLLIN | POLLHUP | POLLERR)) && before < BUFFER_BYTES)
		tcpFill(tcp);
	if (!tcp->ended && (events & POLLOUT) && !tcp->writeCount) {
		tcp->written = 0;
		tcpCall(tcp, &tcp->onWritable, BUFFER_BYTES);
	}
	if (tcp->readCount > before)
		tcpCall(tcp, &tcp->onReadable, tcp->readCount);
}

/* A close inside a callback frees the record only here. */
static void tcpLeave(Tcp *tcp)
{
	tcp->calling = 0;
	if (tcp->closed)
		xs_tcp_destructor(tcp);
	else
		tcpUpdateEvents(tcp);
}

static void tcpReady(LoopWatch *watch, short events)
{
	Tcp *tcp = (Tcp *)watch;
	tcp->calling = 1;
	tcpHandle(tcp, events);
	tcpLeave(tcp);
}

static void tcpReportEnd(LoopTimer *timer)
{
	Tcp *tcp = (Tcp *)((char *)timer - offsetof(Tcp, end));
	tcp->calling = 1;
	tcpCall(tcp, &tcp->onError, -1);
	tcpLeave(tcp);
}

void xs_tcp_constructor(xsMachine *the)
{
	xsSlot onReadable = tcpCallback(the, "onReadable");
	xsSlot onWritable = tcpCallback(the, "onWritable");
	xsSlot onError = tcpCallback(the, "onError");
	int descriptor = tcpOpen(the);
	int on = 1;
	setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	Tcp *tcp = calloc(1, sizeof(Tcp));
	if (!tcp)
		xsUnknownError("tcp: no memory");
	tcp->watch.descriptor = descriptor;
	tcp->watch.ready = tcpReady;
	tcp->end.fire = tcpReportEnd;
	tcp->the = the;
	tcp->onReadable = onReadable;
	tcp->onWritable = onWritable;
	tcp->onError = onError;
	tcpUpdateEvents(tcp);
	if (!loopAddWatch(&tcp->watch)) {
		xs_tcp_destructor(tcp);
		xsUnknownError("tcp: too many sockets");
	}
	xsmcSetHostData(xsThis, tcp);
	xsSetHostHooks(xsThis, (xsHostHooks *)&gTcpHooks);
	tcp->self = xsThis;
	xsRemember(tcp->self);
}

/* Idempotent, as ECMA-419 asks. */
void xs_tcp_close(xsMachine *the)
{
	Tcp *tcp = xsmcGetHostDataValidate(xsThis, (void *)&gTcpHooks);
	if (!tcp)
		return;
	xsForget(tcp->self);
	xsmcSetHostData(xsThis, NULL);
	tcp->closed = 1;
	if (!tcp->calling)
		xs_tcp_destructor(tcp);
}

/* read() all, read(count), or read(buffer) which fills it and returns its length. */
void xs_tcp_read(xsMachine *the)
{
	Tcp *tcp = tcpThis(the);
	void *target = NULL;
	xsUnsignedValue count = tcp->readCount;
	if (!tcp->readCount)
		return;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType)
		xsmcGetBufferWritable(xsArg(0), &target, &count);
	else if (xsmcArgc > 0)
		count = (xsUnsignedValue)xsmcToInteger(xsArg(0));
	if (count == 0 || count > tcp->readCount)
		xsUnknownError("tcp: %u bytes were asked for, %u are there", (unsigned)count, (unsigned)tcp->readCount);
	if (target) {
		memcpy(target, tcp->readBytes, count);
		xsmcSetInteger(xsResult, (xsIntegerValue)count);
	}
	else
		xsmcSetArrayBuffer(xsResult, tcp->readBytes, (xsIntegerValue)count);
	tcp->readCount -= count;
	memmove(tcp->readBytes, tcp->readBytes + count, tcp->readCount);
	tcpUpdateEvents(tcp);
	if (tcp->ended && !tcp->readCount)
		loopAddTimer(&tcp->end, hostMicroseconds());
}

/* write(buffer): returns how many bytes may still be written. */
void xs_tcp_write(xsMachine *the)
{
	Tcp *tcp = tcpThis(the);
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &bytes, &count);
	if (!tcp->connected)
		xsUnknownError("tcp: not connected");
	if (count > BUFFER_BYTES - tcp->writeCount)
		xsUnknownError("tcp: would block");
	if (!tcp->ended) {
		memcpy(tcp->writeBytes + tcp->writeCount, bytes, count);
		tcp->writeCount += count;
		tcp->written = 1;
		tcpFlush(tcp);
		tcpUpdateEvents(tcp);
	}
	xsmcSetInteger(xsResult, (xsIntegerValue)(BUFFER_BYTES - tcp->writeCount));
}
