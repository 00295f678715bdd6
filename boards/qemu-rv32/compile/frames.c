// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"
#include "scopes.h"

/* Local variables that a set has bits for. */
#define MAX_VARIABLES 64

typedef uint64_t Set;

/* Which variables have a value before each instruction, on every path that leads there. */
typedef struct {
	const Function *function;
	const Scopes *scopes;
	Set *before;
	bool isChanged;
} Flow;

static bool isSetter(const Instruction *instruction)
{
	switch (instruction->code) {
	case XS_CODE_PULL_LOCAL_1:
	case XS_CODE_SET_LOCAL_1:
	case XS_CODE_VAR_LOCAL_1: return true;
	default: return false;
	}
}

static Set bitOf(const Variable *variable)
{
	return variable && !variable->isClosure ? (Set)1 << variable->index : 0;
}

static void flowTo(Flow *flow, const Instruction *to, Set set)
{
	Set *before = &flow->before[to - flow->function->first];
	if ((*before & set) == *before)
		return;
	*before &= set;
	flow->isChanged = true;
}

static void flowThrough(Flow *flow, const Instruction *each)
{
	size_t i = (size_t)(each - flow->function->first);
	Set set = flow->before[i];
	if (isSetter(each))
		set |= bitOf(flow->scopes->of[i]);
	if (each->code == XS_CODE_NEW_TEMPORARY && each + 1 < flow->function->end)
		set &= ~bitOf(flow->scopes->before[i + 1]);
	if (each->target)
		flowTo(flow, each->target, set);
	if (!endsPath(flow->scopes, each) && each + 1 < flow->function->end)
		flowTo(flow, each + 1, set);
}

static bool allHaveValues(const Flow *flow)
{
	for (const Instruction *each = flow->function->first; each < flow->function->end; each++) {
		size_t i = (size_t)(each - flow->function->first);
		Set bit = bitOf(flow->scopes->of[i]);
		if (bit && !isSetter(each) && !(flow->before[i] & bit))
			return false;
	}
	return true;
}

/* Whether each local variable has been given a value wherever it is read. */
static bool areSetFirst(const Function *function, const Scopes *scopes)
{
	size_t length = (size_t)(function->end - function->first);
	Flow flow = { function, scopes, malloc(length * sizeof(Set)), true };
	memset(flow.before, 0xff, length * sizeof(Set));
	flow.before[0] = 0;
	while (flow.isChanged) {
		flow.isChanged = false;
		for (const Instruction *each = function->first; each < function->end; each++)
			flowThrough(&flow, each);
	}
	bool result = allHaveValues(&flow);
	free(flow.before);
	return result;
}

static unsigned closuresIn(const Variable *last)
{
	unsigned count = 0;
	for (; last; last = last->outer)
		count += last->isClosure;
	return count;
}

static unsigned localsIn(const Variable *last)
{
	unsigned count = 0;
	for (; last; last = last->outer)
		count += !last->isClosure && last->reads;
	return count;
}

/* Closures are where the engine declares them, one behind the other; local variables lie behind all of them. */
static txS4 placeOf(const Variable *variable, unsigned closures)
{
	return (txS4)(variable->isClosure ? closuresIn(variable) : closures + localsIn(variable));
}

/* A value that nobody reads is not kept. */
static void dropSetter(Instruction *setter)
{
	setter->code = setter->code == XS_CODE_PULL_LOCAL_1 ? XS_CODE_POP : XS_NO_CODE;
}

static void rewrite(Function *function, const Scopes *scopes, unsigned closures, unsigned locals)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		size_t i = (size_t)(each - function->first);
		const Variable *variable = scopes->of[i];
		if (isDead(function, scopes, each))
			each->code = XS_NO_CODE;
		switch (each->code) {
		case XS_NO_CODE: break;
		case XS_CODE_RESERVE_1: each->operand = (txS4)(closures + locals); break;
		case XS_CODE_NEW_TEMPORARY: each->code = XS_NO_CODE; break;
		case XS_CODE_UNWIND_1:
			each->operand = (txS4)(closuresIn(scopes->before[i]) - closuresIn(scopes->before[i + 1]));
			break;
		default:
			if (variable && !variable->isClosure && !variable->reads)
				dropSetter(each);
			else if (variable)
				each->operand = placeOf(variable, closures);
		}
		bool isNothing = each->code == XS_CODE_RESERVE_1 || each->code == XS_CODE_UNWIND_1;
		if (isNothing && each->operand == 0)
			each->code = XS_NO_CODE;
	}
}

static void layOutFrame(Function *function, const Scopes *scopes)
{
	unsigned closures = 0;
	unsigned locals = 0;
	for (unsigned i = 0; i < scopes->count; i++) {
		unsigned each = closuresIn(&scopes->variables[i]);
		closures = each > closures ? each : closures;
		each = localsIn(&scopes->variables[i]);
		locals = each > locals ? each : locals;
	}
	rewrite(function, scopes, closures, locals);
}

/*
 * Where `new` was called, of this function or of one around an arrow function, the engine returns from a call in
 * place of a return, to look at the result.
 */
static bool isNoConstructor(const Function *function)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		if (each->code == XS_CODE_RETRIEVE_TARGET)
			return false;
	}
	return function->first->code == XS_CODE_BEGIN_STRICT;
}

/*
 * A frame is reserved at once, and filled with `undefined`: local variables need not be declared in it one by one,
 * nor given up, as long as each has got a value of its own before it is read.
 */
void shortenFrame(Function *function, bool isPreloaded)
{
	Scopes scopes = { .leavesByTail = isPreloaded && isNoConstructor(function) };
	if (!readScopes(function, &scopes))
		return;
	if (scopes.locals <= MAX_VARIABLES && areSetFirst(function, &scopes))
		layOutFrame(function, &scopes);
	freeScopes(&scopes);
}
