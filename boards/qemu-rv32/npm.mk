# SPDX-License-Identifier: Apache-2.0

# The engine from npm: compile/ makes the bundle, built-ins are made in RAM.

OTHER_ENGINE := frozen.c
COMPILED = $(IMAGE).c
COMPILE = $(OUT)/../compile/compile $(BUNDLE) > $(COMPILED)
