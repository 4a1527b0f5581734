# What `make` does beside building, running and installing: tests, measurements, lint, the image. Read by the Makefile above, whose variables
# and recipes it uses.

CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy

# ---- what is built from what ----------------------------------------------------------------------------------------------

HEADERS := $(sort $(shell find include src tests -name '*.h' 2>/dev/null))

# A room of tests: test_*.c are programs; what else lies there is linked into each of them.
TEST_ROOMS := unit http siege soak fuzz fault oracle
TEST_SOURCES := $(sort $(wildcard $(TEST_ROOMS:%=tests/%/*.c)))
TEST_PROGRAMS := $(patsubst %.c,$(B)/%,$(foreach s,$(TEST_SOURCES),$(if $(filter test_%,$(notdir $(s))),$(s))))
BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
BENCH_PROGRAMS := $(patsubst %.c,$(B)/%,$(filter tests/bench/bench_%.c,$(BENCH_SOURCES)))
room_objects = $(patsubst %.c,$(B)/%.o,$(filter-out tests/$(1)/$(2)%,$(wildcard tests/$(1)/*.c)))

# Scripts that look at the sources, not at the program, need no second pass under the sanitizers.
SOURCE_CHECKS := $(wildcard tests/layers.sh tests/docs.sh)
# Nor does what happens in a browser; what the server does for it is in tests/http.
TEST_SCRIPTS := $(filter-out tests/run.sh $(SOURCE_CHECKS) $(if $(SANITIZER),tests/browser.sh),$(sort $(wildcard tests/*.sh)))

ALL_C := $(SOURCES) $(TEST_SOURCES) $(BENCH_SOURCES)

# ---- packages (Debian and Ubuntu) -----------------------------------------------------------------------------------------

# curl, jq and bash only as far as scripts under tests/ call them; SQLite and zstd are for tests/oracle, Python for tests/indicators,
# nginx for tests/nginx.sh, it, haproxy and lighttpd for tests/siege and tests/soak, Node for tests/openapi.sh, tests/clients.sh and
# tests/browser.sh, pandas for the second of them, strace for tests/import_calls.sh.
PANDAS := /usr/lib/python3/dist-packages/pandas
TEST_TOOLS := $(shell for t in curl jq; do grep -lsw -- $$t tests/*.sh tests/*/*.sh >/dev/null && echo $$t; done)
DEPS_TEST := $(DEPS_BUILD) bash:bash cmocka@libcmocka-dev sqlite3@libsqlite3-dev zstd:zstd python3:python3 nginx:nginx-light \
    haproxy:haproxy lighttpd:lighttpd strace:strace node:nodejs npm:npm $(PANDAS)=python3-pandas \
    $(foreach t,$(TEST_TOOLS),$(t):$(t))
# libFuzzer's runtime, which clang only recommends.
FUZZ_RUNTIME := $(or $(firstword $(wildcard /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a)),/none)
DEPS_FUZZ := $(DEPS_TEST) clang:clang $(FUZZ_RUNTIME)=libclang-rt-dev
DEPS_BENCH := $(DEPS_TEST) wrk:wrk g++:g++
DEPS_SOAK := $(DEPS_TEST) wrk:wrk
DEPS_LINT := $(DEPS_TEST) gcc:gcc clang-format:clang-format $(CLANG_TIDY):clang-tidy cppcheck:cppcheck shellcheck:shellcheck
DEPS_IMAGE := buildah:buildah podman:podman crun:crun debootstrap:debootstrap readelf:binutils curl:curl jq:jq python3:python3 node:nodejs npm:npm

get-deps: deps-test ## install the packages that building and testing need, if any is missing
deps-test: NEED = $(DEPS_TEST)
deps-bench: NEED = $(DEPS_BENCH)
deps-soak: NEED = $(DEPS_SOAK)
deps-caddy: NEED = caddy:caddy
deps-chromium: NEED = $(CHROMIUM)=chromium
deps-fuzz: NEED = $(DEPS_FUZZ)
deps-image: NEED = $(DEPS_IMAGE)
deps-lint: NEED = $(DEPS_LINT)
deps-test deps-bench deps-soak deps-caddy deps-chromium deps-fuzz deps-image deps-lint:
	$(install_packages)

# ---- flags ----------------------------------------------------------------------------------------------------------------

TEST_LIBRARIES := $(if $(filter tests programs header-check soak-programs torture-programs build/%,$(MAKECMDGOALS)),cmocka sqlite3)
$(call need,$(TEST_LIBRARIES))
TEST_CPPFLAGS := -Itests $(if $(TEST_LIBRARIES),$(shell $(PKG_CONFIG) --cflags $(TEST_LIBRARIES)))
# cmocka's assertions tell the compiler nothing about a pointer they have checked.
TEST_CFLAGS := -Wno-null-dereference
TEST_LIBS := $(if $(TEST_LIBRARIES),$(shell $(PKG_CONFIG) --libs cmocka))
ORACLE_LIBS := $(if $(TEST_LIBRARIES),$(shell $(PKG_CONFIG) --libs sqlite3))
# What a process that ends without exit has counted is lost, unless a test says so.
TEST_CPPFLAGS += $(if $(COVERAGE),-DENTREPOT_COVERAGE)

# ---- building -------------------------------------------------------------------------------------------------------------

$(B)/tests/%.o: tests/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(TEST_CPPFLAGS) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

define room
$(filter $(B)/tests/$(1)/%,$(TEST_PROGRAMS) $(BENCH_PROGRAMS)): $(B)/tests/$(1)/%: $(B)/tests/$(1)/%.o $(call room_objects,$(1),$(2)) \
    $(BORROWED_$(1):%.c=$(B)/%.o) $(LIBRARY)
	$$(call say,LD,$$@)
	$$(Q)$$(LINK) -o $$@ $$^ $$(TEST_LIBS) $(LINK_$(1)) $$(APP_LIBS)
endef
# What a room takes from another.
BORROWED_siege := tests/http/raw_client.c tests/http/shipped_api.c
BORROWED_soak := tests/http/raw_client.c $(addprefix tests/siege/,process.c starving.c peers.c)
BORROWED_fuzz := tests/http/shipped_api.c
BORROWED_fault := tests/http/shipped_api.c tests/unit/builder.c
BORROWED_http := tests/unit/builder.c
LINK_oracle := $(ORACLE_LIBS)
# tests/fault stands between the program and these functions of the C library; an arena asks malloc once for many pieces, of which each could
# be the one that asks.
LINK_fault := $(addprefix -Wl$(comma)--wrap=,write pwrite read pread open fstat mmap fsync close rename linkat poll socket bind listen \
    setsockopt getsockname getsockopt connect send recv eventfd epoll_ctl pthread_create _exit malloc calloc realloc strdup \
    arena_alloc arena_alloc_raw arena_str arena_printf)
$(foreach r,$(TEST_ROOMS),$(if $(filter $(B)/tests/$(r)/%,$(TEST_PROGRAMS)),$(eval $(call room,$(r),test_))))
$(if $(BENCH_PROGRAMS),$(eval $(call room,bench,bench_)))

# What a whole process is starved with; sanitizers have allocators of their own.
$(B)/tests/fault/preload/starve.so: tests/fault/preload/starve.c $(B)/flags
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(TEST_CPPFLAGS) -Wno-null-dereference -fPIC -shared -MMD -MP -o $@ $<
PRELOADS := $(if $(SANITIZER)$(COVERAGE),,$(B)/tests/fault/preload/starve.so)

# libFuzzer brings a main of its own.
$(B)/tests/fuzz/fuzz: $(call room_objects,fuzz,test_) $(BORROWED_fuzz:%.c=$(B)/%.o) $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(APP_LIBS)

# A header must compile alone, before anything else is included.
HEADER_CHECKS := $(HEADERS:%=$(B)/alone/%.o)
$(B)/alone/%.o: % $(B)/flags
	$(call say,HEADER,$<)
	@mkdir -p $(@D)
	$(Q)printf '#include "%s"\n' $< | $(COMPILE) $(TEST_CPPFLAGS) -I. -MMD -MP -MT $@ -MF $(@:.o=.d) -Wno-unused -c -o $@ -x c -

header-check: $(HEADER_CHECKS) ## compile every header alone
programs: $(BIN) $(TEST_PROGRAMS) $(PRELOADS) $(HEADER_CHECKS) $(BENCH_PROGRAMS)
	@:

-include $(wildcard $(patsubst %.c,$(B)/%.d,$(TEST_SOURCES) $(BENCH_SOURCES)) $(HEADER_CHECKS:.o=.d))

# ---- a world to look at ---------------------------------------------------------------------------------------------------

# A small world in BACI's form; every figure in it is invented, and all that shows it says so.
WORLD := build/world
# In the configuration's order, in which they are asked.
SHIPPED_DATA = $(shell sed -n 's|.*"\.\./\(data/[^"]*\)".*|--data \1|p' config/entrepot.json)
WORLD_OPTIONS ?= --years 2016..2021 --areas 60 --products 600
BACI_CODES = --countries-file $(1)/country_codes_V202501.csv --products-file $(1)/product_codes_HS17_V202501.csv
world-programs: $(BIN) $(B)/tests/bench/bench_synth
run-world: deps-build ## make a small synthetic world, import it, serve it beside data/ (PORT, LISTEN as for run)
	+@$(MAKE) $(jobs) world-programs
	@rm -rf $(WORLD) && $(B)/tests/bench/bench_synth --out $(WORLD) $(WORLD_OPTIONS)
	@$(BIN) import baci $(WORLD)/BACI_*.csv $(call BACI_CODES,$(WORLD)) --coverage full --partners closed \
	    --synthetic --id synthetic-world \
	    --title 'Synthetic world: invented figures in the form of BACI' -o $(WORLD)/world.cube
	@exec $(BIN) serve --config config/entrepot.json $(SHIPPED_DATA) --data $(WORLD)/world.cube --listen $(LISTEN)

# ---- testing --------------------------------------------------------------------------------------------------------------

TEST_JOBS ?= 2
# Twice what the slowest takes beside others on a busy machine.
TEST_TIMEOUT ?= 240
TALLY := build/tally
export ASAN_OPTIONS ?= detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
export UBSAN_OPTIONS ?= print_stacktrace=1
export TSAN_OPTIONS ?= halt_on_error=1:second_deadlock_stack=1

# One pass: build everything, then run it. A build that fails is one failed test. Both leave their counts in $(TALLY).
pass = $(MAKE) -k $(jobs) programs $(1) && tests/run.sh --count ok 'build $(2)' || tests/run.sh --count 'not ok' 'build $(2)'; \
    $(MAKE) suite $(1) COUNTED=1

# Plain warnings are errors; under a sanitizer gcc's flow analysis sees ghosts, so there they stay warnings.
RELEASE_PASS = $(call pass,WERROR=1,$(VARIANT))
SANITIZER_PASS = $(call pass,WERROR=0 SANITIZER=address$(comma)undefined,$(VARIANT)-address$(comma)undefined)

test: deps-test openapi-node clients-node image-node browser-node ## everything: layers, headers, unit, HTTP, scripts, then all again under ASan and UBSan
	+@export TALLY=$(TALLY); mkdir -p build; : >$(TALLY); \
	$(RELEASE_PASS); \
	$(if $(SANITIZER),,$(SANITIZER_PASS);) \
	tests/run.sh --total

test-fast: deps-test openapi-node clients-node image-node browser-node ## the same without the sanitizer pass
	+@export TALLY=$(TALLY); mkdir -p build; : >$(TALLY); \
	$(RELEASE_PASS); \
	tests/run.sh --total

# The longest first.
SUITE := $(filter tests/browser.sh,$(TEST_SCRIPTS)) $(filter-out $(if $(SANITIZER),%/test_soak),$(foreach r,oracle unit fault soak http siege fuzz,$(filter $(B)/tests/$(r)/%,$(TEST_PROGRAMS)))) \
    $(if $(SANITIZER),,$(SOURCE_CHECKS)) $(filter-out tests/browser.sh,$(TEST_SCRIPTS))
suite: # runs what is built; TEST=word runs only the programs and scripts with that word in their path
	@$(BROWSER_ENV) VARIANT=$(VARIANT) OPENAPI_NODE=$(CURDIR)/$(OPENAPI_NODE) CLIENTS_NODE=$(CURDIR)/$(CLIENTS_NODE) \
	    IMAGE_NODE=$(CURDIR)/$(IMAGE_NODE) tests/run.sh -j $(TEST_JOBS) -t $(TEST_TIMEOUT) \
	    $(if $(TEST),$(foreach t,$(SUITE),$(if $(findstring $(TEST),$(t)),$(t))),$(SUITE)) || [ -n '$(COUNTED)' ]

# $(call npm,PACKAGE.JSON,FOLDER): installed once, and again when the list of packages changes. Without our flags: packages that compile
# something have a make of their own.
npm = mkdir -p $(2) && cmp -s $(1) $(2)/package.json && [ -e $(2)/installed ] && exit 0; rm -f $(2)/installed; cp $(1) $(2)/ && cd $(2) && \
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL timeout 600 npm install --silent --no-package-lock --no-audit --no-fund $(NPM_PATIENCE) && : >installed
# Where there is no network this is known in seconds, not after npm's many tries.
NPM_PATIENCE := --fetch-retries=1 --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=5000 --fetch-timeout=60000

# What reads the OpenAPI document in tests/openapi.sh; where npm cannot install it those tests are skipped.
OPENAPI_NODE := build/openapi-node
openapi-node: deps-test
	@$(call npm,tests/openapi/package.json,$(OPENAPI_NODE)) || echo 'npm: tests that need its packages are skipped' >&2

# What reads the answers in tests/clients.sh; where npm cannot install it those cases are skipped.
CLIENTS_NODE := build/clients-node
clients-node: deps-test
	@$(call npm,tests/clients/package.json,$(CLIENTS_NODE)) || echo 'npm: clients that it would install are skipped' >&2

# What knows the form of a bill of materials in tests/sbom.sh and `make image-check`.
IMAGE_NODE := build/image-node
image-node: deps-test
	@$(call npm,tests/image/package.json,$(IMAGE_NODE)) || echo 'npm: a bill of materials is not held against its schema' >&2

layers: $(BIN) ## does every include point down, does no floor go in circles?
	@VARIANT=$(VARIANT) tests/layers.sh

docs-check: $(BIN) ## is the README's endpoint block what the program says?
	@ENTREPOT=$(BIN) tests/docs.sh

docs: $(BIN) ## rewrite the README's endpoint block
	@ENTREPOT=$(BIN) tests/docs.sh --write

# BENCH_YEARS: how large the synthetic world is, in years of about 10 million rows; WORLD_YEARS: the sizes of bench-world.
BENCH_YEARS ?= 1
WORLD_YEARS ?= 1 5 27
BENCH_DIR ?= build/bench-world
BENCH_NODE := build/bench-node
BENCH_ENV = ENTREPOT=$(BIN) BENCH=$(B)/tests/bench VERSION=$(VERSION) BENCH_DIR=$(BENCH_DIR) BENCH_NODE=$(CURDIR)/$(BENCH_NODE)
bench-programs: $(BIN) $(BENCH_PROGRAMS)
bench: deps-bench bench-peers ## measure, side by side with nginx, a bare server and DuckDB (BENCH_YEARS=1)
	+@$(MAKE) $(jobs) bench-programs
	@for b in $(sort $(wildcard tests/bench/*.sh)); do $(BENCH_ENV) BENCH_YEARS='$(BENCH_YEARS)' bash $$b || exit 1; done

bench-world: deps-bench bench-peers ## measure cubes of 10, 50 and 250 million rows (WORLD_YEARS='1 5 27'; BENCH_DIR, KEEP=1)
	+@$(MAKE) $(jobs) bench-programs
	@$(BENCH_ENV) BENCH_YEARS='$(WORLD_YEARS)' bash tests/bench/world.sh

# Everything of tests/soak at full size; SOAK_MINUTES of everything together.
SOAK_MINUTES ?= 30
soak-programs: $(BIN) $(B)/tests/soak/test_soak $(B)/tests/soak/test_life $(B)/tests/soak/test_proxied $(B)/tests/soak/test_full \
    $(B)/tests/soak/test_dear $(B)/tests/bench/bench_synth $(B)/tests/siege/test_mutations
soak: deps-soak ## slow attackers, idle crowds, floods, drains, swaps and proxies at full size (SOAK_MINUTES=30), with figures
	+@command -v caddy >/dev/null || $(MAKE) deps-caddy || echo 'caddy: not tested' >&2
	+@$(MAKE) $(jobs) soak-programs
	@ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP SOAK_MINUTES=$(SOAK_MINUTES) $(B)/tests/soak/test_proxied
	@ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP SOAK_MINUTES=$(SOAK_MINUTES) $(B)/tests/soak/test_full
	@ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP SOAK_MINUTES=$(SOAK_MINUTES) $(B)/tests/soak/test_dear
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/soak/load.py $(BIN) $(B)/tests/bench/bench_synth
	@ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP $(B)/tests/soak/test_life
	@ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP REQUEST_MUTATIONS=1000000 $(B)/tests/siege/test_mutations
	@ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP SOAK_MINUTES=$(SOAK_MINUTES) $(B)/tests/soak/test_soak

# Every answer before a change, and after it: make answers-keep DIR=…, change, make answers-compare DIR=… (ANSWERS_OF: another binary;
# FIGURES: the folder of the real matrix). tests/same/answers.py says more.
ANSWERS_OF ?= $(BIN)
answers-keep answers-compare: answers-%: world-programs ## ask 20,000 questions and keep the answers in DIR; ask them again and compare, to the byte
	@[ -n '$(DIR)' ] || { echo 'make $@ DIR=folder: where the answers are kept' >&2; exit 2; }
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/same/answers.py $* '$(DIR)' '$(ANSWERS_OF)' $(B)/tests/bench/bench_synth

memcheck: deps-build ## one request of each route under valgrind
	+@$(MAKE) $(jobs) all
	@ENTREPOT=$(BIN) tests/soak/memcheck.sh

# What is known, zero or unknown, against a reference of its own: KNOWN_ARGS='--only hand', '--long', '--kind extract_bare --shown 9'.
.PHONY: data-check
data-check: ## the control figures that the sources print, summed again from the shipped data
	@python3 tests/data/control.py data

.PHONY: indicators-known
indicators-known: $(BIN) ## worlds of which something is not known, each answer against a reference in Python (KNOWN_ARGS=--long)
	@ENTREPOT=$(BIN) tests/known.sh $(KNOWN_ARGS)

TORTURES = $(filter $(B)/tests/fault/%,$(TEST_PROGRAMS)) $(B)/tests/siege/test_starved $(B)/tests/soak/test_reloads
torture-programs: $(BIN) $(TORTURES) $(PRELOADS)
torture: deps-test ## every allocation and every system call fails in turn: a start, a reload, requests, an import
	+@$(MAKE) $(jobs) torture-programs
	@for t in $(TORTURES); do ENTREPOT=$(BIN) CMOCKA_MESSAGE_OUTPUT=TAP TORTURE_STEP=1 $$t || exit 1; done
	@ENTREPOT=$(BIN) VARIANT=$(VARIANT) TORTURE_STEP=1 tests/import_calls.sh

# FUZZ_SECONDS each; what they find new is kept under build/fuzz, what breaks something is written there as crash-*.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= request cursor guard manifest cube behind baci comtrade tidy writer file reader archive
FUZZ_MAKE = $(MAKE) CC=$(FUZZ_CC) SANITIZER=address$(comma)undefined FUZZ=1 WERROR=0
FUZZ_CC ?= clang
fuzz: deps-fuzz ## libFuzzer on every target (FUZZ_SECONDS=60 each, FUZZ_TARGETS='request cube')
	+@$(FUZZ_MAKE) $(jobs) build/$(FUZZ_CC)-address$(comma)undefined-fuzz/tests/fuzz/fuzz all
	@ENTREPOT=build/$(FUZZ_CC)-address$(comma)undefined-fuzz/entrepot tests/fuzz/run.sh \
	    build/$(FUZZ_CC)-address$(comma)undefined-fuzz/tests/fuzz/fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# The other engines, from npm; one that cannot be installed is left out of the comparison.
bench-peers: deps-bench
	@$(call npm,tests/bench/peers/package.json,$(BENCH_NODE)) || echo 'npm: other engines are left out' >&2

# What looks at the page: Debian's chromium (226 MB to fetch where nothing of it is there; BROWSER=0 leaves it out), and what drives it. The
# tests are skipped, with a line that says so, where it cannot be had.
BROWSER ?= 1
CHROMIUM ?= /usr/bin/chromium
BROWSER_NODE := build/browser-node
BROWSER_ENV = ENTREPOT=$(BIN) CHROMIUM=$(CHROMIUM) BROWSER_NODE=$(BROWSER_NODE)
deps-browser: deps-test
	@[ -x $(CHROMIUM) ] || [ '$(BROWSER)' = 0 ] || $(MAKE) deps-chromium || echo 'chromium: tests of the page are skipped' >&2
browser-node: deps-browser
	@[ '$(BROWSER)' != 0 ] || exit 0; $(call npm,tests/browser/package.json,$(BROWSER_NODE)) || echo 'npm: tests of the page are skipped' >&2
screenshots: browser-node ## PNGs of every view of the page, light and dark, wide and narrow: build/screenshots
	+@$(MAKE) $(jobs) world-programs
	@$(BROWSER_ENV) tests/browser.sh --screenshots build/screenshots
bench-page: browser-node ## how long the page takes to its first view, and to change views
	+@$(MAKE) $(jobs) world-programs
	@$(BROWSER_ENV) tests/browser.sh --timings

coverage: deps-test ## line and branch coverage of the test suite (needs gcovr)
	@command -v gcovr >/dev/null || { echo 'gcovr is not installed' >&2; exit 1; }
	@[ ! -d build/$(COMPILER)-coverage ] || find build/$(COMPILER)-coverage -name '*.gcda' -delete # counts of other runs
	+@export TALLY=$(TALLY); mkdir -p build; : >$(TALLY); $(call pass,COVERAGE=1,$(COMPILER)-coverage); tests/run.sh --total || :
	@mkdir -p build/coverage
	@gcovr --root . --filter src/ --filter include/ --object-directory build/$(COMPILER)-coverage --print-summary \
	    --html-details build/coverage/index.html

# ---- sources --------------------------------------------------------------------------------------------------------------

C_FILES := $(ALL_C) $(HEADERS)
LINT_FLAGS := -std=c17 -D_GNU_SOURCE -DENTREPOT_VERSION='""' -Iinclude -Isrc
# Each of these says with every finding how it is silenced; a false alarm is silenced at its line, with the reason. What gcc's analyzer says
# wrongly stands in tests/lint/reviewed.txt. cppcheck reads no headers of libraries, so it is shown some lines of theirs.
tidy = printf '%s\n' $(1) | xargs -n 1 -P $(TEST_JOBS) sh -c 'out=$$($(CLANG_TIDY) --quiet "$$0" -- $(subst ','\'',$(LINT_FLAGS)) $(2) 2>/dev/null) || \
    { printf "%s\n" "$$out"; exit 1; }'
lint: deps-lint format-check ## clang-tidy, gcc's analyzer, cppcheck and shellcheck over program and tests: no finding, or exit 1
	+@$(MAKE) layers
	@$(call tidy,$(SOURCES))
	@$(call tidy,$(filter tests/%,$(ALL_C)) $(wildcard tests/fault/preload/*.c),-Itests -include tests/lint/assertions.h)
	@TEST_JOBS=$(TEST_JOBS) tests/lint/analyzer.sh gcc $(LINT_FLAGS) -fPIE -pthread -- $(SOURCES)
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem \
	    $(filter-out -std=%,$(LINT_FLAGS)) -Itests --include=tests/lint/libraries.h src tests
	@shellcheck -x .ci/run $(wildcard tests/*.sh tests/*/*.sh)

format: ## rewrite the C files as .clang-format says
	@$(CLANG_FORMAT) -i $(C_FILES)

format-check: # fails if `make format` would change anything
	@if command -v $(CLANG_FORMAT) >/dev/null; then $(CLANG_FORMAT) --dry-run -Werror $(C_FILES); \
	else echo 'clang-format is not installed: left out'; fi

# ---- the image ------------------------------------------------------------------------------------------------------------

# Who has a Docker daemon needs none of this: docker build -t entrepot .
image: deps-image ## the Dockerfile's image without a Docker daemon and without a registry (as root)
	@$(call as_root,make image) && VERSION=$(VERSION) tests/image/build.sh localhost/entrepot:$(VERSION)

image-check: deps-image image-node ## build it twice, compare, look into it, run it, write its bill of materials (as root)
	@$(call as_root,make image-check) && VERSION=$(VERSION) IMAGE_NODE=$(CURDIR)/$(IMAGE_NODE) tests/image/check.sh

as_root = { [ "$$(id -u)" = 0 ] || { echo '$(1): must be root, to unpack a system and to mount images' >&2; exit 1; }; }
