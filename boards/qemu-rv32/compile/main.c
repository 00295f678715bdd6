// SPDX-License-Identifier: Apache-2.0

/*
 * compile BUNDLE: writes an ES module as bytecode that a machine without a parser runs from flash, as C text.
 * compile --lines BUNDLE: lines.h, as in an image that is preloaded.
 *
 *   gBundleCode    the code, its names replaced by the ids that they get on the target
 *   gBundleNames   the names that the engine does not know by itself, in the order of their ids
 *
 * Both sides have 16-bit ids: names that the engine knows have the same id everywhere, the others get ids in
 * the order in which the target interns them, which is that of gBundleNames, before anything else.
 */

#include "code.h"
#include "lines.h"
#include "optimize.h"

static txParser gParser;

/* Only classes are constructors then: no other function has a `prototype`, which takes three slots of each. */
static bool gIsPreloaded;

static void fail(const char *path, int line, const char *format, va_list arguments)
{
	fprintf(stderr, "compile: %s:%d: ", path ? path : "bundle", line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

/* The parser's own hooks. */
void fxVReportError(void *console, txString path, txInteger line, txString format, va_list arguments)
{
	(void)console;
	fail(path, line, format, arguments);
}

void fxVReportWarning(void *console, txString path, txInteger line, txString format, va_list arguments)
{
	fxVReportError(console, path, line, format, arguments);
}

/* Ids for the profiler, which the target does not have. */
txID fxGenerateProfileID(void *console)
{
	(void)console;
	return XS_NO_ID;
}

/* Names the cache of a tagged template; once in a bundle. */
void fxGenerateTag(void *console, txString buffer, txInteger bufferSize, txString path)
{
	static unsigned count = 0;
	(void)console;
	(void)path;
	snprintf(buffer, (size_t)bufferSize, "@%u", count++);
}

static txScript *parse(const char *path, txUnsigned flags)
{
	txParserJump jump;
	txScript *volatile script = NULL;
	FILE *file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "compile: cannot read %s: %s\n", path, strerror(errno));
		return NULL;
	}
	fxInitializeParser(&gParser, NULL, 1024 * 1024, 1993);
	gParser.firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		gParser.path = fxNewParserSymbol(&gParser, (txString)path);
		fxParserTree(&gParser, file, (txGetter)fgetc, flags, NULL);
		fxParserHoist(&gParser);
		fxParserBind(&gParser);
		script = fxParserCode(&gParser);
	}
	fclose(file);
	return script;
}

/* The engine's id of a name, XS_NO_ID where it has none. Symbols come first in its table and are no names. */
static txID wellKnownId(const char *name)
{
	for (txID id = XS_SYMBOL_ID_COUNT; id < XS_ID_COUNT; id++) {
		if (!strcmp(gxIDStrings[id], name))
			return id;
	}
	return XS_NO_ID;
}

static void printName(const char *name)
{
	fputs("\t\"", stdout);
	for (; *name; name++)
		printf("\\%03o", (unsigned char)*name);
	puts("\\0\"");
}

/* Prints the names that need an id and returns the target's id of each of the script's own. */
static txID *assignIds(const txScript *script)
{
	txByte *names = script->symbolsBuffer;
	txID count;
	mxDecodeID(names, count);
	txID *ids = calloc(count, sizeof(txID));
	txID next = XS_ID_COUNT;
	puts("const char gBundleNames[] =");
	for (txID i = 1; i < count; i++) {
		ids[i] = wellKnownId((char *)names);
		if (ids[i] == XS_NO_ID) {
			ids[i] = next++;
			printName((char *)names);
		}
		names += strlen((char *)names) + 1;
	}
	printf("\t\"\";\nconst unsigned gBundleNameCount = %d;\n", next - XS_ID_COUNT);
	return ids;
}

static txS4 idOf(const char *const *texts, txID count, const char *name)
{
	for (txID id = 1; id < count; id++) {
		if (!strcmp(texts[id], name))
			return id;
	}
	return 0;
}

/* By the script's own ids. */
static Names readNames(const txScript *script)
{
	const txByte *each = script->symbolsBuffer;
	txID count;
	mxDecodeID(each, count);
	const char **texts = calloc(count, sizeof(*texts));
	for (txID id = 1; id < count; id++) {
		texts[id] = (const char *)each;
		each += strlen(texts[id]) + 1;
	}
	return (Names){ texts, idOf(texts, count, "Array"), idOf(texts, count, "fill"), idOf(texts, count, "length") };
}

/* Functions and strings that the target takes where they lie, in flash, instead of copying them. */
static txU1 archived(txU1 code)
{
	switch (code) {
	case XS_CODE_CODE_1: return XS_CODE_CODE_ARCHIVE_1;
	case XS_CODE_STRING_1: return XS_CODE_STRING_ARCHIVE_1;
	default: return code;
	}
}

/* Whether it makes a function that is no class. */
static bool makesFunction(const Function *function, const Instruction *instruction)
{
	if (instruction->code != XS_CODE_CONSTRUCTOR_FUNCTION)
		return false;
	txU1 begin = nextOf(function, instruction)->body->first->code;
	return begin == XS_CODE_BEGIN_STRICT || begin == XS_CODE_BEGIN_SLOPPY;
}

static void remap(Function *function, const txID *ids)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->body)
			remap(each->body, ids);
		if (gIsPreloaded && makesFunction(function, each))
			each->code = XS_CODE_FUNCTION;
		if (hasName(each) && (txID)each->operand != XS_NO_ID)
			each->operand = ids[each->operand];
		each->code = archived(each->code);
	}
}

static void printCode(const Function *function)
{
	txByte *code = malloc(function->length);
	writeCode(function, code);
	printf("const unsigned gBundleCodeSize = %u;\nconst unsigned char gBundleCode[] = {", function->length);
	for (unsigned i = 0; i < function->length; i++)
		printf("%s%d,", i % 32 ? "" : "\n\t", (txU1)code[i]);
	puts("\n};");
	free(code);
}

static void printBundle(const txScript *script, Function *function)
{
	puts("#include \"image.h\"\n");
	txID *ids = assignIds(script);
	remap(function, ids);
	printCode(function);
	free(ids);
}

int main(int argc, char **argv)
{
	bool isForLines = argc == 3 && !strcmp(argv[1], "--lines");
	gIsPreloaded = argc == 3 && !strcmp(argv[1], "--preloaded");
	if (argc != 2 && !isForLines && !gIsPreloaded) {
		fputs("usage: compile [--lines | --preloaded] BUNDLE\n", stderr);
		return 2;
	}
	txScript *script = parse(argv[argc - 1], isForLines ? mxDebugFlag : 0);
	if (!script)
		return 1;
	Function *function = readCode(script->codeBuffer, script->codeSize);
	Names names = readNames(script);
	optimize(function, &names, gIsPreloaded || isForLines);
	free(names.texts);
	layOut(function);
	if (isForLines)
		printLines(function);
	else
		printBundle(script, function);
	freeFunction(function);
	fxDeleteScript(script);
	fxTerminateParser(&gParser);
	return 0;
}
