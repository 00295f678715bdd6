// SPDX-License-Identifier: Apache-2.0

/*
 * What Node cannot open: a Bluetooth adapter by a user channel of the kernel, or a controller on a serial port.
 *
 *     hci-relay user NUMBER          hciNUMBER, for this process alone
 *     hci-relay serial PATH BAUD     8N1 with RTS/CTS
 *
 * It says "ready" in a line of standard error, and relays H4 between the adapter and standard input and output until one
 * of them ends. Where it cannot it says why in a line that begins with the name of the error, and ends with status 1.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Of linux/bluetooth, whose headers come with BlueZ. */
enum { PROTOCOL_HCI = 1, CHANNEL_USER = 1 };
struct hciAddress {
	sa_family_t family;
	uint16_t device;
	uint16_t channel;
};

/* Types and lengths of packets as in h4.ts. */
enum { TYPE_COMMAND = 1, TYPE_ACL = 2, MAX_PACKET = 1 + 4 + 65535 };

static const struct {
	unsigned int baud;
	speed_t speed;
} gSpeeds[] = {
	{ 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 }, { 921600, B921600 }, { 1000000, B1000000 },
	{ 2000000, B2000000 }, { 3000000, B3000000 },
};

static void fail(const char *what)
{
	fprintf(stderr, "%s %s\n", strerrorname_np(errno), what);
	exit(1);
}

static int openUser(const char *number)
{
	struct hciAddress address = { .family = AF_BLUETOOTH, .device = (uint16_t)atoi(number), .channel = CHANNEL_USER };
	int adapter = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC, PROTOCOL_HCI);
	if (adapter < 0)
		fail("socket");
	if (bind(adapter, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail("bind");
	return adapter;
}

static speed_t speedOf(const char *text)
{
	unsigned int baud = (unsigned int)strtoul(text, NULL, 10);
	for (size_t i = 0; i < sizeof(gSpeeds) / sizeof(gSpeeds[0]); i++) {
		if (gSpeeds[i].baud == baud)
			return gSpeeds[i].speed;
	}
	errno = EINVAL;
	fail("speed");
	return B0;
}

static int openSerial(const char *path, const char *baud)
{
	struct termios settings;
	speed_t speed = speedOf(baud);
	int port = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port < 0)
		fail("open");
	if (ioctl(port, TIOCEXCL) < 0 || tcgetattr(port, &settings) < 0)
		fail("settings");
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL | CREAD | CRTSCTS;
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	if (cfsetspeed(&settings, speed) < 0 || tcsetattr(port, TCSAFLUSH, &settings) < 0)
		fail("settings");
	return port;
}

static void writeAll(int to, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(to, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			fail("write");
		bytes += written;
		length -= (size_t)written;
	}
}

/* Bytes of the packet that begins here; 0 where too little has come to say. */
static size_t packetLength(const uint8_t *bytes, size_t length)
{
	if (length < 1)
		return 0;
	if (bytes[0] == TYPE_COMMAND)
		return length < 4 ? 0 : 4 + (size_t)bytes[3];
	if (bytes[0] != TYPE_ACL) {
		errno = EPROTO;
		fail("packet");
	}
	return length < 5 ? 0 : 5 + (size_t)bytes[3] + 256 * (size_t)bytes[4];
}

/* A user channel takes one whole packet a write; a serial port takes them as well. */
static size_t forward(int adapter, uint8_t *held, size_t length)
{
	size_t done = 0;
	for (;;) {
		size_t packet = packetLength(held + done, length - done);
		if (packet == 0 || packet > length - done)
			break;
		writeAll(adapter, held + done, packet);
		done += packet;
	}
	memmove(held, held + done, length - done);
	return length - done;
}

static void relay(int adapter)
{
	static uint8_t up[MAX_PACKET], down[MAX_PACKET];
	size_t held = 0;
	struct pollfd ends[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = adapter, .events = POLLIN } };
	for (;;) {
		if (poll(ends, 2, -1) < 0)
			fail("poll");
		if (ends[0].revents != 0) {
			ssize_t got = read(STDIN_FILENO, down + held, sizeof(down) - held);
			if (got <= 0)
				return;
			held = forward(adapter, down, held + (size_t)got);
		}
		if (ends[1].revents != 0) {
			ssize_t got = read(adapter, up, sizeof(up));
			if (got <= 0)
				fail("read");
			writeAll(STDOUT_FILENO, up, (size_t)got);
		}
	}
}

int main(int count, char **args)
{
	int adapter;
	if (count == 3 && strcmp(args[1], "user") == 0)
		adapter = openUser(args[2]);
	else if (count == 4 && strcmp(args[1], "serial") == 0)
		adapter = openSerial(args[2], args[3]);
	else {
		errno = EINVAL;
		fail("usage");
	}
	fprintf(stderr, "ready\n");
	relay(adapter);
	return 0;
}
