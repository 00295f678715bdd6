// SPDX-License-Identifier: Apache-2.0

/*
 * What embedded:storage/key-value stands on: one file a key in a directory a domain, below PNE_STORE.
 * A write is old-or-new after a power cut: temporary file, fsync, rename, fsync of the directory.
 */

#include "xsmc.h"

#include <fcntl.h>
#include <sys/stat.h>

/* NVS's limit for keys and domains, so that what works here works on an ESP32. */
#define NAME_LENGTH 15
#define TEMPORARY ".new"

static int isName(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length <= NAME_LENGTH && name[0] != '.' && !strchr(name, '/');
}

/* Copies the argument's string where it is a name of at most 15 characters, else throws. */
static void nameArgument(xsMachine *the, int index, char name[NAME_LENGTH + 1])
{
	const char *value = xsmcToString(xsArg(index));
	if (!isName(value))
		xsRangeError("key-value: a name has 1 to 15 characters, no slash and no dot in front");
	strcpy(name, value);
}

static void pathTo(xsMachine *the, char path[PATH_MAX], const char *domain, const char *name)
{
	const char *root = getenv("PNE_STORE");
	if (!root)
		xsUnknownError("key-value: set PNE_STORE to a directory");
	if (snprintf(path, PATH_MAX, "%s/%s/%s", root, domain, name) >= PATH_MAX)
		xsUnknownError("key-value: PNE_STORE is too long");
}

static void pathArgument(xsMachine *the, char path[PATH_MAX])
{
	char domain[NAME_LENGTH + 1];
	char key[NAME_LENGTH + 1];
	nameArgument(the, 0, domain);
	nameArgument(the, 1, key);
	pathTo(the, path, domain, key);
}

static int syncDirectory(const char *path)
{
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -1;
	int result = fsync(directory);
	close(directory);
	return result;
}

/* open(domain): makes the directory. */
void xs_keyvalue_open(xsMachine *the)
{
	char domain[NAME_LENGTH + 1];
	char path[PATH_MAX];
	nameArgument(the, 0, domain);
	pathTo(the, path, domain, "");
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		xsUnknownError("key-value: cannot make %s: %s", path, strerror(errno));
}

static int openForRead(xsMachine *the, const char *path, size_t *length)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 && errno == ENOENT)
		return -1;
	if (file < 0 || fstat(file, &status) < 0)
		xsUnknownError("key-value: cannot read %s: %s", path, strerror(errno));
	*length = (size_t)status.st_size;
	return file;
}

/* read(domain, key): ArrayBuffer, or undefined; read(domain, key, buffer): the value's length. */
void xs_keyvalue_read(xsMachine *the)
{
	char path[PATH_MAX];
	size_t length;
	void *bytes;
	pathArgument(the, path);
	int file = openForRead(the, path, &length);
	if (file < 0)
		return;
	if (xsmcArgc > 2) {
		xsUnsignedValue room;
		xsmcGetBufferWritable(xsArg(2), &bytes, &room);
		if (room < length) {
			close(file);
			xsRangeError("key-value: buffer too small");
		}
		xsmcSetInteger(xsResult, (xsIntegerValue)length);
	}
	else {
		xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
		bytes = xsmcToArrayBuffer(xsResult);
	}
	ssize_t count = read(file, bytes, length);
	close(file);
	if (count != (ssize_t)length)
		xsUnknownError("key-value: short read of %s", path);
}

/* Returns 0 once the bytes are on the medium under the temporary name. */
static int writeTemporary(const char *path, const uint8_t *bytes, size_t length)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0)
		return -1;
	int failed = write(file, bytes, length) != (ssize_t)length || fsync(file) < 0;
	close(file);
	return failed ? -1 : 0;
}

/* write(domain, key, buffer). */
void xs_keyvalue_write(xsMachine *the)
{
	char path[PATH_MAX];
	char temporary[PATH_MAX];
	char directory[PATH_MAX];
	char domain[NAME_LENGTH + 1];
	void *bytes;
	xsUnsignedValue length;
	nameArgument(the, 0, domain);
	pathArgument(the, path);
	pathTo(the, temporary, domain, TEMPORARY);
	pathTo(the, directory, domain, "");
	xsmcGetBufferReadable(xsArg(2), &bytes, &length);
	if (writeTemporary(temporary, bytes, length) < 0 || rename(temporary, path) < 0 || syncDirectory(directory) < 0)
		xsUnknownError("key-value: cannot write %s: %s", path, strerror(errno));
}

/* delete(domain, key): a key that is not there is no error. */
void xs_keyvalue_delete(xsMachine *the)
{
	char path[PATH_MAX];
	char directory[PATH_MAX];
	char domain[NAME_LENGTH + 1];
	nameArgument(the, 0, domain);
	pathArgument(the, path);
	pathTo(the, directory, domain, "");
	int isRemoved = unlink(path) == 0;
	if (!isRemoved && errno == ENOENT)
		return;
	if (!isRemoved || syncDirectory(directory) < 0)
		xsUnknownError("key-value: cannot delete %s: %s", path, strerror(errno));
}
