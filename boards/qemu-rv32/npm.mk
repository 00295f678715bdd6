# SPDX-License-Identifier: Apache-2.0

# The engine from npm: compile/ makes the bundle, and an image itself makes what is preloaded (preload.h).

OTHER_ENGINE := frozen.c
PROGRAM = defaults.c $(IMAGE).c
MAKE_PROGRAM = $(OUT)/../compile/compile $(COMPILE) $(BUNDLE) > $(IMAGE).c
