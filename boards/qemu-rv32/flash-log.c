// SPDX-License-Identifier: Apache-2.0

/*
 * A log in one of two areas. What is written is appended; where that does not fit, what is still valid moves
 * to the other area, which counts once its header, the last thing written, is there. tools/simulator/flash.ts
 * writes the same form.
 *
 *     area    magic | generation | CRC of both | entry ...
 *     entry   value length (16) | name length (8) | kind (8) | CRC of all else | name | value | padding
 *
 * An entry with a wrong CRC was cut off: it ends the log, and the next change moves to the other area.
 */

#include "flash-log.h"
#include "flash.h"

#include <string.h>

#define MAGIC 0x31454E50u
#define ERASED 0xFFFFFFFFu
#define HEADER_WORDS 3
#define AREA_WORDS (FLASH_AREA_BYTES / sizeof(uint32_t))
#define ENTRY_WORDS 2

enum {
	kindValue = 0,
	kindDeleted = 1,
};

typedef struct {
	const char *name;
	const uint8_t *value;
	uint16_t valueLength;
	uint8_t nameLength;
	uint8_t kind;
} Entry;

static unsigned gArea;
/* Word after the last entry. */
static unsigned gEnd;
/* What follows is erased, so that one may append. */
static int gIsClean;

static uint32_t crcUpdate(uint32_t crc, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	while (length--) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return crc;
}

static uint32_t headOf(const Entry *entry)
{
	return entry->valueLength | (uint32_t)entry->nameLength << 16 | (uint32_t)entry->kind << 24;
}

static uint32_t crcOf(const Entry *entry)
{
	uint32_t head = headOf(entry);
	uint32_t crc = crcUpdate(ERASED, &head, sizeof(head));
	crc = crcUpdate(crc, entry->name, entry->nameLength);
	return ~crcUpdate(crc, entry->value, entry->valueLength);
}

static unsigned wordsOf(const Entry *entry)
{
	return ENTRY_WORDS + (entry->nameLength + entry->valueLength + 3u) / 4;
}

/* Reads the entry at a word, which is whole. */
static void readEntry(const uint32_t *words, unsigned at, Entry *entry)
{
	entry->valueLength = (uint16_t)words[at];
	entry->nameLength = (uint8_t)(words[at] >> 16);
	entry->kind = (uint8_t)(words[at] >> 24);
	entry->name = (const char *)&words[at + ENTRY_WORDS];
	entry->value = (const uint8_t *)entry->name + entry->nameLength;
}

/* The same. Returns 0 where none is that is whole. */
static int checkEntry(const uint32_t *words, unsigned at, Entry *entry)
{
	if (at + ENTRY_WORDS > AREA_WORDS || words[at] == ERASED)
		return 0;
	readEntry(words, at, entry);
	return at + wordsOf(entry) <= AREA_WORDS && crcOf(entry) == words[at + 1];
}

static uint32_t headerCrc(const uint32_t *header)
{
	return ~crcUpdate(ERASED, header, 2 * sizeof(uint32_t));
}

static int isCommitted(const uint32_t *words)
{
	return words[0] == MAGIC && words[2] == headerCrc(words);
}

static void commit(unsigned area, uint32_t generation)
{
	const uint32_t header[2] = { MAGIC, generation };
	flashProgram(area, 0, header[0]);
	flashProgram(area, 1, header[1]);
	flashProgram(area, 2, headerCrc(header));
}

static void findEnd(void)
{
	Entry entry;
	const uint32_t *words = flashArea(gArea);
	gEnd = HEADER_WORDS;
	while (checkEntry(words, gEnd, &entry))
		gEnd += wordsOf(&entry);
	gIsClean = 1;
	for (unsigned at = gEnd; at < AREA_WORDS; at++)
		gIsClean &= words[at] == ERASED;
}

void logOpen(void)
{
	const uint32_t *first = flashArea(0);
	const uint32_t *second = flashArea(1);
	if (!isCommitted(first) && !isCommitted(second)) {
		flashErase(0);
		commit(0, 1);
	}
	gArea = isCommitted(second) && (!isCommitted(first) || (int32_t)(second[1] - first[1]) > 0);
	findEnd();
}

static int isNamed(const Entry *entry, const char *name)
{
	return entry->nameLength == strlen(name) && !memcmp(entry->name, name, entry->nameLength);
}

const uint8_t *logFind(const char *name, size_t *length)
{
	Entry entry;
	const uint8_t *found = NULL;
	const uint32_t *words = flashArea(gArea);
	for (unsigned at = HEADER_WORDS; at < gEnd; at += wordsOf(&entry)) {
		readEntry(words, at, &entry);
		if (!isNamed(&entry, name))
			continue;
		found = entry.kind == kindValue ? entry.value : NULL;
		*length = entry.valueLength;
	}
	return found;
}

/* The length first, so that what is cut off is not taken for erased. Returns the word after the entry. */
static unsigned program(unsigned area, unsigned at, const Entry *entry)
{
	uint8_t bytes[4];
	unsigned length = entry->nameLength + entry->valueLength;
	unsigned index = at + ENTRY_WORDS;
	flashProgram(area, at, headOf(entry));
	flashProgram(area, at + 1, crcOf(entry));
	for (unsigned i = 0; i < length; index++) {
		uint32_t word = ERASED;
		for (int filled = 0; filled < 4 && i < length; filled++, i++)
			bytes[filled] = i < entry->nameLength ? (uint8_t)entry->name[i] : entry->value[i - entry->nameLength];
		memcpy(&word, bytes, i % 4 ? i % 4 : 4);
		flashProgram(area, index, word);
	}
	return index;
}

/* Whether an entry of the log is what its name stands for, after a change to `changed`. */
static int isLive(const Entry *entry, const Entry *changed)
{
	size_t length;
	if (entry->kind != kindValue)
		return 0;
	if (entry->nameLength == changed->nameLength && !memcmp(entry->name, changed->name, entry->nameLength))
		return 0;
	char name[LOG_NAME_MAX + 1] = { 0 };
	memcpy(name, entry->name, entry->nameLength);
	return logFind(name, &length) == entry->value;
}

/* Moves what is live, and then the change, to the other area. Returns 0 where it does not fit. */
static int compact(const Entry *changed)
{
	Entry entry;
	const uint32_t *words = flashArea(gArea);
	unsigned other = 1 - gArea;
	unsigned needed = HEADER_WORDS + wordsOf(changed);
	for (unsigned at = HEADER_WORDS; at < gEnd; at += wordsOf(&entry)) {
		readEntry(words, at, &entry);
		needed += isLive(&entry, changed) ? wordsOf(&entry) : 0;
	}
	if (needed > AREA_WORDS)
		return 0;
	flashErase(other);
	unsigned end = HEADER_WORDS;
	for (unsigned at = HEADER_WORDS; at < gEnd; at += wordsOf(&entry)) {
		readEntry(words, at, &entry);
		if (isLive(&entry, changed))
			end = program(other, end, &entry);
	}
	end = program(other, end, changed);
	commit(other, words[1] + 1);
	gArea = other;
	gEnd = end;
	gIsClean = 1;
	return 1;
}

static int change(const Entry *entry)
{
	if (!gIsClean || gEnd + wordsOf(entry) > AREA_WORDS)
		return compact(entry);
	gEnd = program(gArea, gEnd, entry);
	return 1;
}

int logWrite(const char *name, const uint8_t *value, size_t length)
{
	if (length > FLASH_AREA_BYTES)
		return 0;
	return change(&(Entry){ name, value, (uint16_t)length, (uint8_t)strlen(name), kindValue });
}

int logDelete(const char *name)
{
	size_t length;
	if (!logFind(name, &length))
		return 1;
	return change(&(Entry){ name, NULL, 0, (uint8_t)strlen(name), kindDeleted });
}
