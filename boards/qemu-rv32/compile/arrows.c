// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"

static bool usesThis(const Function *function)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		switch (each->code) {
		case XS_CODE_DELETE_SUPER:
		case XS_CODE_DELETE_SUPER_AT:
		case XS_CODE_EVAL:
		case XS_CODE_EVAL_TAIL:
		case XS_CODE_GET_SUPER:
		case XS_CODE_GET_SUPER_AT:
		case XS_CODE_GET_THIS:
		case XS_CODE_SET_SUPER:
		case XS_CODE_SET_SUPER_AT:
		case XS_CODE_SET_THIS:
		case XS_CODE_STORE_ARROW:
		case XS_CODE_SUPER:
		case XS_CODE_TARGET:
		case XS_CODE_THIS: return true;
		default: break;
		}
	}
	return false;
}

static Instruction *find(Function *function, txU1 code)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->code == code)
			return each;
	}
	return NULL;
}

/* What the arrow function fetches of those that it has kept. */
static Instruction *dropThis(Function *body)
{
	find(body, XS_CODE_RETRIEVE_TARGET)->code = XS_NO_CODE;
	find(body, XS_CODE_RETRIEVE_THIS)->code = XS_NO_CODE;
	return find(body, XS_CODE_RETRIEVE_1);
}

/* Where nothing is kept, there is nothing to keep it in. */
static void dropEnvironment(Function *function, Instruction *store, Instruction *retrieve)
{
	Instruction *environment = previousOf(function, store);
	if (environment->code != XS_CODE_ENVIRONMENT || retrieve->operand != 0)
		return;
	environment->code = XS_NO_CODE;
	retrieve->code = XS_NO_CODE;
	nextOf(function, store)->code = XS_NO_CODE;
}

/* XS_CODE_CODE, XS_CODE_ENVIRONMENT, any of XS_CODE_STORE, XS_CODE_STORE_ARROW, XS_CODE_POP. */
void shortenArrows(Function *function)
{
	Function *body = NULL;
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->body)
			body = each->body;
		if (each->code != XS_CODE_STORE_ARROW || usesThis(body))
			continue;
		Instruction *retrieve = dropThis(body);
		dropEnvironment(function, each, retrieve);
		each->code = XS_NO_CODE;
	}
}
