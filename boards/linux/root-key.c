// SPDX-License-Identifier: Apache-2.0

/*
 * The root key is a file of its owner's, beside the domains of keyvalue.c, where no name of a value leads. Whoever reads
 * this folder has it: it keeps out those who get the values alone.
 */

#include "../../firmware/native/root-key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int pathOf(char path[PATH_MAX], const char *name)
{
	const char *root = getenv("PNE_STORE");
	return root && snprintf(path, PATH_MAX, "%s/%s", root, name) < PATH_MAX;
}

RootKeyStatus rootKeyLoad(uint8_t key[ROOT_KEY_BYTES])
{
	char path[PATH_MAX];
	if (!pathOf(path, "root-key"))
		return rootKeyFailed;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return errno == ENOENT ? rootKeyNone : rootKeyFailed;
	ssize_t count = read(file, key, ROOT_KEY_BYTES);
	close(file);
	return count == ROOT_KEY_BYTES ? rootKeyFound : rootKeyFailed;
}

static int writeSynced(const char *path, const uint8_t key[ROOT_KEY_BYTES])
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0)
		return 0;
	int isWritten = write(file, key, ROOT_KEY_BYTES) == ROOT_KEY_BYTES && fsync(file) == 0;
	close(file);
	return isWritten;
}

static int syncFolder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return 0;
	int isSynced = fsync(folder) == 0;
	close(folder);
	return isSynced;
}

int rootKeyKeep(const uint8_t key[ROOT_KEY_BYTES])
{
	char path[PATH_MAX], temporary[PATH_MAX], folder[PATH_MAX];
	return pathOf(path, "root-key") && pathOf(temporary, "root-key.new") && pathOf(folder, "") &&
		writeSynced(temporary, key) && rename(temporary, path) == 0 && syncFolder(folder);
}
