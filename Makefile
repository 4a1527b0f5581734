# Entrepôt: what builds, runs and installs it. `make help` lists the targets. Everything about tests, measurements, lint and the image
# stands in tests/tests.mk, without which this file does its work too.
#
#   make run            from a bare Debian or Ubuntu (only make itself must be there) to a server on port 8080
#   make test           everything that is checked; its last line is "N passed, N failed"
#   make run-world      the same beside a small synthetic world that is made first
#   make CC=clang       another compiler;  SANITIZER=address,undefined or thread: an instrumented build beside the normal one
#   make V=1            show the commands
#
# CPPFLAGS, CFLAGS and LDFLAGS are yours; what the code needs stands in APP_*. Every combination of compiler and instrumentation has
# its own folder under build/, and a change of flags builds anew.

MAKEFLAGS += -rR --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/sh
export LC_ALL := C
# Containers and CI are root; what is started from here serves all the same.
export ENTREPOT_ALLOW_ROOT ?= 1

VERSION := 0.2.0

# ---- settings -------------------------------------------------------------------------------------------------------------

ifneq ($(filter default undefined,$(origin CC)),)
CC := gcc
endif
LD ?= ld
OBJCOPY ?= objcopy
ifneq ($(filter default undefined,$(origin LD)),)
LD := ld
endif
PKG_CONFIG ?= pkg-config
INSTALL ?= install
CFLAGS ?= $(if $(COVERAGE),-O0 -g,$(if $(SANITIZER),-O1 -g,-O3 -g))

# SANITIZER=address,undefined | thread      COVERAGE=1      WERROR=1: warnings are errors (make test and CI; not for packagers)
SANITIZER ?=
COVERAGE ?=
FUZZ ?=
WERROR ?= 0
V ?= 0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
UNITDIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=

PORT ?= 8080
LISTEN ?= 127.0.0.1:$(PORT)

# ---- what is built from what ----------------------------------------------------------------------------------------------

VARIANT := $(notdir $(firstword $(CC)))$(if $(SANITIZER),-$(SANITIZER))$(if $(COVERAGE),-coverage)$(if $(FUZZ),-fuzz)
B := build/$(VARIANT)
BIN := $(B)/entrepot

comma := ,
SOURCES := $(sort $(shell find src -name '*.c' 2>/dev/null))
# Each becomes the symbols _binary_<name>_start and _end (dots are underscores), whatever folder it lies in.
EMBEDDED := config/countries.csv config/products.csv config/rates.csv config/sectors.json config/hs-revisions.txt src/CHANGES.md $(sort $(wildcard src/web/*.* src/web/*/*.*))
# Chart.js draws the page's charts; it is embedded too. Another copy: CHART_JS=FILE
CHART_JS ?= /usr/share/javascript/chart.js/chart.min.js

OBJECTS := $(SOURCES:%.c=$(B)/%.o)
EMBEDDED_OBJECTS := $(EMBEDDED:%=$(B)/embedded/%.o) $(B)/embedded/chart.min.js.o $(B)/embedded/readers.o
# Descriptions of files, in one piece, a record separator behind each; where two fit a file equally well, the first is taken.
READERS := $(filter-out config/readers/tidy.json,$(sort $(wildcard config/readers/*.json))) config/readers/tidy.json
LIBRARY := $(filter-out $(B)/src/cli/main.o,$(OBJECTS)) $(EMBEDDED_OBJECTS)

# ---- packages (Debian and Ubuntu) -----------------------------------------------------------------------------------------

# A library is written as pkg-config-name@package, a command as command:package, a file as /its/path=package.
LIBRARIES := libmicrohttpd jansson zlib libxxhash libseccomp libarchive
COMPILER := $(notdir $(firstword $(CC)))
DEPS_BUILD := $(COMPILER):$(if $(filter cc,$(COMPILER)),gcc,$(COMPILER)) $(LD):binutils pkg-config:pkg-config libmicrohttpd@libmicrohttpd-dev \
    jansson@libjansson-dev zlib@zlib1g-dev libxxhash@libxxhash-dev libseccomp@libseccomp-dev libarchive@libarchive-dev \
    $(CHART_JS)=libjs-chart.js

# ---- flags ----------------------------------------------------------------------------------------------------------------

# Goals that compile something here. All others, of which some start another make for it, must work before the packages are there.
COMPILING := all install layers docs docs-check openapi header-check programs %-programs answers-% build/%
ifneq ($(filter $(COMPILING),$(or $(MAKECMDGOALS),all)),)

ifeq ($(shell command -v $(PKG_CONFIG)),)
$(error $(PKG_CONFIG) is missing: `make get-deps` installs it (Debian package pkg-config))
endif
# $(call need,LIBRARIES): ends make with the package that brings what is missing.
missing = $(strip $(foreach l,$(1),$(shell $(PKG_CONFIG) --exists $(l) || echo $(l))))
package_of = $(foreach l,$(1),$(patsubst $(l)@%,%,$(filter $(l)@%,$(DEPS_BUILD) $(DEPS_TEST))))
need = $(foreach m,$(call missing,$(1)),$(error $(m): not found by $(PKG_CONFIG); `make get-deps` installs $(call package_of,$(m))))
$(call need,$(LIBRARIES))
ifeq ($(shell command -v $(firstword $(CC))),)
$(error the compiler $(firstword $(CC)) is missing: `make get-deps` installs it, CC=… names another)
endif
ifeq ($(wildcard $(CHART_JS)),)
$(error Chart.js is missing, $(CHART_JS): `make get-deps` installs it (Debian package libjs-chart.js), CHART_JS=… names another copy)
endif

IS_CLANG := $(shell $(CC) -dM -E -x c /dev/null | grep -c __clang__)
CC_ID := $(shell $(CC) --version | head -n 1)
accepted = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
    -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Wvla -Wswitch-enum \
    -Wdouble-promotion -Wnull-dereference -Wimplicit-fallthrough
ifeq ($(IS_CLANG),0)
WARNINGS += -Wcast-align=strict -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wrestrict
else
WARNINGS += -Wcast-align
endif

APP_CPPFLAGS := -Iinclude -Isrc -D_GNU_SOURCE -DENTREPOT_VERSION='"$(VERSION)"' $(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
APP_CFLAGS := -std=c17 $(WARNINGS) -fno-common -fPIE -pthread -fno-omit-frame-pointer -ffile-prefix-map=$(CURDIR)=.
APP_LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack,--build-id=sha1 -Wl,--as-needed
APP_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES)) -lm

# The sandbox leaves such builds alone.
APP_CPPFLAGS += $(if $(SANITIZER)$(COVERAGE),-DENTREPOT_INSTRUMENTED)

ifneq ($(SANITIZER),)
APP_CFLAGS += -fsanitize=$(SANITIZER)$(if $(FUZZ),$(comma)fuzzer-no-link) -fno-sanitize-recover=all
APP_LDFLAGS += -fsanitize=$(SANITIZER)
else ifneq ($(COVERAGE),)
APP_CFLAGS += --coverage
APP_LDFLAGS += --coverage
else
APP_CFLAGS += -fstack-protector-strong $(call accepted,-fstack-clash-protection) $(call accepted,-fcf-protection)
# Without optimisation glibc only warns about it.
APP_CPPFLAGS += $(if $(filter -O1 -O2 -O3 -Os -Ofast,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif

COMPILE = $(CC) $(APP_CPPFLAGS) $(CPPFLAGS) $(APP_CFLAGS) $(CFLAGS)
LINK = $(CC) $(APP_LDFLAGS) $(CFLAGS) $(LDFLAGS)

# The flags of the last build. Objects that were built with -Werror serve a build without it too, but not the other way round.
FLAGS_TEXT := $(subst ','\'',$(CC_ID) $(COMPILE) $(LINK) $(APP_LIBS))
FLAGS_STRICT := $(FLAGS_TEXT) -Werror
ifneq ($(WERROR),0)
APP_CFLAGS += -Werror
FLAGS_ACCEPTED := '$(FLAGS_STRICT)'
FLAGS_WRITTEN := '$(FLAGS_STRICT)'
else
FLAGS_ACCEPTED := '$(FLAGS_STRICT)'|'$(FLAGS_TEXT)'
FLAGS_WRITTEN := '$(FLAGS_TEXT)'
endif
$(shell mkdir -p $(B) && case "$$(cat $(B)/flags 2>/dev/null)" in ($(FLAGS_ACCEPTED)) ;; \
    (*) printf '%s\n' $(FLAGS_WRITTEN) >$(B)/flags ;; esac)
endif

ifeq ($(V),0)
Q := @
say = @printf '  %-7s %s\n' '$(1)' '$(2)'
endif

# ---- building -------------------------------------------------------------------------------------------------------------

all: $(BIN) ## build the program: build/<variant>/entrepot
	@:

$(BIN): $(OBJECTS) $(EMBEDDED_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(APP_LIBS)

$(B)/src/%.o: src/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Read-only data, no executable stack; run inside the file's folder so that no path gets into the symbol.
define embed
	$(call say,EMBED,$<)
	@mkdir -p $(@D)
	$(Q)cd $(<D) && $(LD) -r -b binary -z noexecstack -o $(CURDIR)/$@ $(<F)
	$(Q)$(OBJCOPY) --rename-section .data=.rodata,alloc,load,readonly,data,contents $@
endef
$(B)/embedded/%.o: % $(B)/flags
	$(embed)
$(B)/embedded/chart.min.js.o: $(B)/chart/chart.min.js
	$(embed)
$(B)/embedded/readers.o: $(B)/readers/readers $(B)/flags
	$(embed)
$(B)/readers/readers: $(READERS) $(B)/flags
	@mkdir -p $(@D)
	$(Q)for f in $(READERS); do cat $$f && printf '\036' || exit 1; done >$@
# Under one name, whatever CHART_JS is called.
$(B)/chart/chart.min.js: $(CHART_JS) $(B)/flags
	@mkdir -p $(@D)
	$(Q)cp $< $@

-include $(wildcard $(OBJECTS:.o=.d))

# ---- running --------------------------------------------------------------------------------------------------------------

# A make inside a make is told how many jobs to run only if the outer one was not.
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

run: deps-build ## install what is missing, build, serve in the foreground (PORT=8080, LISTEN=127.0.0.1:8080)
	+@$(MAKE) $(jobs) all
	@exec $(BIN) serve --config config/entrepot.json --listen $(LISTEN)

# ---- packages -------------------------------------------------------------------------------------------------------------

# A target's NEED, as far as it is missing.
define install_packages
	@missing=; \
	for dep in $(NEED); do \
	    case $$dep in \
	    */*=*) [ -e "$${dep%=*}" ] || missing="$$missing $${dep#*=}" ;; \
	    *@*) { command -v $(PKG_CONFIG) && $(PKG_CONFIG) --exists $${dep%@*}; } >/dev/null 2>&1 || missing="$$missing $${dep#*@}" ;; \
	    *) PATH=$$PATH:/usr/sbin:/sbin command -v $${dep%:*} >/dev/null || missing="$$missing $${dep#*:}" ;; \
	    esac; \
	done; \
	[ -e /usr/include/stdio.h ] || missing="$$missing libc6-dev"; \
	[ -n "$$missing" ] || exit 0; \
	if ! command -v apt-get >/dev/null; then \
	    echo "missing, and there is no apt-get here: install what your system calls$$missing" >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then as=; \
	elif command -v sudo >/dev/null; then as=sudo; \
	else echo "missing packages; as root: apt-get install$$missing" >&2; exit 1; fi; \
	echo "installing$$missing"; \
	install() { $$as env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; }; \
	ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || $$as apt-get update -qq || exit 1; \
	install || { $$as apt-get update -qq && install; }
endef
deps-build: NEED = $(DEPS_BUILD)
deps-build:
	$(install_packages)

# ---- documents ------------------------------------------------------------------------------------------------------------

openapi: $(BIN) ## the OpenAPI document, as build/<variant>/openapi.json
	@$(BIN) openapi >$(B)/openapi.json && echo $(B)/openapi.json

reproducible: deps-build ## build twice, in two folders, and compare: the program is the same to the byte
	+@rm -rf build/twice; for i in one two; do \
	    mkdir -p build/twice/$$i && tar -c Makefile src include config data | tar -x -C build/twice/$$i && \
	    $(MAKE) -C build/twice/$$i $(jobs) all && strip -o build/twice/$$i.stripped build/twice/$$i/$(BIN) || exit 1; done
	@cd build/twice && cmp one/$(BIN) two/$(BIN) && cmp one.stripped two.stripped && sha256sum one/$(BIN) one.stripped

# ---- installing -----------------------------------------------------------------------------------------------------------

DATASETS := $(wildcard data/*.json data/*.csv data/*.csv.gz data/order data/README.md)
install: all ## copy everything below PREFIX (BINDIR, DATADIR, MANDIR, SYSCONFDIR, UNITDIR, DESTDIR)
	$(INSTALL) -D -m 755 $(BIN) $(DESTDIR)$(BINDIR)/entrepot
	$(INSTALL) -D -m 644 src/cli/entrepot.1 $(DESTDIR)$(MANDIR)/man1/entrepot.1
	for f in $(DATASETS); do $(INSTALL) -D -m 644 $$f $(DESTDIR)$(DATADIR)/entrepot/$$f || exit 1; done
	$(INSTALL) -D -m 644 config/nginx.conf $(DESTDIR)$(DATADIR)/entrepot/nginx.conf
	sed 's|"\.\./data\(["/]\)|"$(DATADIR)/entrepot/data\1|g' config/entrepot.json >$(B)/entrepot.json
	$(INSTALL) -D -m 644 $(B)/entrepot.json $(DESTDIR)$(SYSCONFDIR)/entrepot/entrepot.json
	sed 's|@BINDIR@|$(BINDIR)|g; s|@SYSCONFDIR@|$(SYSCONFDIR)|g' config/entrepot.service >$(B)/entrepot.service
	$(INSTALL) -D -m 644 $(B)/entrepot.service $(DESTDIR)$(UNITDIR)/entrepot.service

uninstall: ## remove what install copied
	rm -f $(DESTDIR)$(BINDIR)/entrepot $(DESTDIR)$(MANDIR)/man1/entrepot.1 $(DESTDIR)$(UNITDIR)/entrepot.service \
	    $(DESTDIR)$(SYSCONFDIR)/entrepot/entrepot.json $(DESTDIR)$(DATADIR)/entrepot/nginx.conf \
	    $(DATASETS:%=$(DESTDIR)$(DATADIR)/entrepot/%)
	-rmdir $(DESTDIR)$(DATADIR)/entrepot/data $(DESTDIR)$(DATADIR)/entrepot $(DESTDIR)$(SYSCONFDIR)/entrepot 2>/dev/null

# ---- the rest -------------------------------------------------------------------------------------------------------------

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(filter-out %.d,$(MAKEFILE_LIST))

-include tests/tests.mk

# A target whose name has no dot and no slash is no file.
.PHONY: $(shell sed -n 's/^\([a-z][a-z -]*\):\( .*\|$$\)/\1/p' $(filter-out %.d,$(MAKEFILE_LIST)))
