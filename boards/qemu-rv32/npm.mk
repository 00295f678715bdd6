# SPDX-License-Identifier: Apache-2.0

# The engine from npm: compile/ makes the bundle, built-ins are made in RAM.

OTHER_ENGINE := frozen.c
COMPILED = $(IMAGE).c
COMPILE = $(OUT)/../compile/compile $(BUNDLE) > $(COMPILED)

# In the region beside what a device has: the built-ins, in bytes, and stack for the body of the bundle, in slots.
BESIDE := -DIMAGE_BUILT_INS=64088 -DIMAGE_LOAD_STACK=4096
