# SPDX-License-Identifier: Apache-2.0

# The SDK's engine: its linker, xsl, makes tables in flash of the built-ins, and of what a preloaded bundle makes
# when it is loaded.

OTHER_ENGINE := bundle.c natives.c preload.c
# xsMath.c includes it.
UNUSED += xsum

TABLES = $(IMAGE).d
PROGRAM = $(TABLES)/mc.xs.o

# What neither a preloaded bundle nor boards/linux uses of the built-ins is left out (`-s`), as on Moddable's boards.
PRELOAD = $(if $(findstring IMAGE_PRELOADED=1,$(SIZES)),-p bundle -s '*' $(TABLES)/names.txt.xsi)

# `xsc -c` binds native("name") to the C function of that name.
define MAKE_PROGRAM
rm -rf $(TABLES) && mkdir $(TABLES) && \
$(TOOLS)/xsc -c -e -o $(TABLES) -r bundle $(BUNDLE) && \
$(TOOLS)/xsid names.txt -o $(TABLES) && \
$(TOOLS)/xsl -b $(TABLES) -o $(TABLES) $(PRELOAD) $(TABLES)/bundle.xsb && \
$(CC) $(ENGINE_FLAGS) -c $(TABLES)/mc.xs.c -o $(PROGRAM)
endef
