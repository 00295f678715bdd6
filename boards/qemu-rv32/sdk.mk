# SPDX-License-Identifier: Apache-2.0

# The SDK's engine: its linker, xsl, makes tables in flash of the built-ins, and of what the module PROGRAM
# makes when it loads, where there is one for BUNDLE to import.

OTHER_ENGINE := bundle.c natives.c
# xsl writes what xsDefaults.c has; xsMath.c includes xsum.c.
UNUSED += xsDefaults xsum

TABLES = $(IMAGE).d
COMPILED = $(TABLES)/mc.xs.o

# In the region beside what a device has: stack for the body of a bundle that is not preloaded, in slots.
BESIDE = -DIMAGE_BUILT_INS=0 -DIMAGE_LOAD_STACK=$(if $(PROGRAM),0,4096)

# `-c` binds native("name") to the C function of that name.
XSC = $(TOOLS)/xsc -c -e -o $(TABLES) -r

# What the modules and boards/linux do not use of the built-ins is left out (`-s`), as on Moddable's boards.
define COMPILE
rm -rf $(TABLES) && mkdir $(TABLES) && \
$(XSC) bundle $(BUNDLE) && \
$(if $(PROGRAM),$(XSC) program $(PROGRAM) && $(TOOLS)/xsid names.txt -o $(TABLES) &&) \
$(TOOLS)/xsl -b $(TABLES) -o $(TABLES) $(if $(PROGRAM),-s '*' -p program $(TABLES)/names.txt.xsi) $(TABLES)/*.xsb && \
$(CC) $(ENGINE_FLAGS) -c $(TABLES)/mc.xs.c -o $(COMPILED)
endef
