// SPDX-License-Identifier: Apache-2.0

/* Test code: a serial port that is none. Says its path in a line, and is then the other end of it. */

#define _GNU_SOURCE

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	char bytes[4096];
	struct termios settings;
	int port = posix_openpt(O_RDWR | O_NOCTTY);
	if (port < 0 || grantpt(port) < 0 || unlockpt(port) < 0)
		return 1;
	/* Held open, so that the port is there before anybody has it. */
	int held = open(ptsname(port), O_RDWR | O_NOCTTY);
	if (held < 0 || tcgetattr(held, &settings) < 0)
		return 1;
	cfmakeraw(&settings);
	tcsetattr(held, TCSANOW, &settings);
	printf("%s\n", ptsname(port));
	fflush(stdout);
	struct pollfd ends[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = port, .events = POLLIN } };
	while (poll(ends, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			if (ends[i].revents == 0)
				continue;
			ssize_t got = read(ends[i].fd, bytes, sizeof(bytes));
			if (got <= 0 || write(i == 0 ? port : STDOUT_FILENO, bytes, (size_t)got) != got)
				return 0;
		}
	}
	return 0;
}
