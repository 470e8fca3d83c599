# Biosphere: one Makefile, everything it makes goes to build/.
#
#   make          build/biosphere.elf (the kernel) and build/biosphere.iso
#   make run      boot the ISO in Bochs, console on this terminal
#   make test     every test; the last line counts them
#   make soak     a million BIOS calls and a million interrupts; some minutes
#   make hostile  a million programs that try to do harm; most of an hour
#   make nested   the demo and more under Linux KVM inside Bochs; some minutes
#   make unit     build the unit tests only
#   make bench    ticks on three processors, against those of the last commit
#   make fuzz     ten million inputs to the parsers and builders; most of an hour
#   make matrix   run and test in Debian 12, 13 and 14, as root; hours
#   make mutate   errors put in on purpose, and which tests notice; hours
#   make lint     static analysis of the kernel's C; some minutes
#   make format   let clang-format rewrite the C files
#   make clean    removes build/
#   make help     this
#
# V=1 shows the commands.  CROSS_COMPILE=x86_64-elf- picks another toolchain.
# DEBUG=1 builds a kernel that checks every VM entry, PROOF=0 one without
# self-tests, benchmarks and hostile programs.  WERROR=1 makes warnings errors,
# as .ci/run has them.  EMULATOR=bochs3 runs and tests in Bochs 3.1, and UEFI=1
# runs by UEFI there.

VERSION ?= 0.1

CROSS_COMPILE ?=
CC      := $(CROSS_COMPILE)gcc
LD      := $(CROSS_COMPILE)ld
NM      := $(CROSS_COMPILE)nm
OBJCOPY := $(CROSS_COMPILE)objcopy
OBJDUMP := $(CROSS_COMPILE)objdump
HOSTCC  ?= gcc
# For the fuzz targets: libFuzzer is clang's.
CLANG   ?= clang
# Debian's own interpreter: pytest and pexpect are installed for it, and
# another python may come first in PATH.
PYTHON  ?= /usr/bin/python3

B := build
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
# As many jobs as there are processors; a -j of the person's own counts more.
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

# What is done: on a terminal in one line, written over; elsewhere a line at
# each tenth, which make says by itself, for a shell takes as long as to compile a
# small file. TENTHS is known at the end of this file: COUNT:PERCENT for each.
DONE :=
count = $(eval DONE += x)
reached = $(lastword $(filter $(words $(DONE)):%,$(TENTHS)))
percent = $(lastword $(subst :, ,$(reached)))%
# Not foreseen, as where a source has changed: said, too.
unforeseen = $(if $(word $(words $(DONE)),$(TO_DO)),,yes)
BLANK := $(subst x,,x x)
WIDE := CC...... AS...... NASM.... HOSTCC.. UNIT.... FUZZCC.. FUZZ....
wide = $(subst .,$(BLANK),$(filter $1.%,$(WIDE)))
ifeq ($(V),1)
Q    :=
say  := @:
step :=
else ifneq ($(MAKE_TERMOUT),)
Q    := @
say   = @printf '\r\033[K     %-8s %s\r'
step  = @$(count)d=$(words $(DONE)); n=$(words $(TO_DO)); \
	[ $$n -ge $$d ] && p=$$((100 * d / n))% || p=; \
	printf '\r\033[K%4s %-8s %s\r' "$$p" $1 $2
clear = @printf '\r\033[K'
else
Q    := @
say  := @printf '     %-8s %s\n'
step  = $(count)$(if $(reached)$(unforeseen),$(info \
	$(if $(reached),$(if $(filter 100%,$(percent)),,$(BLANK))$(percent),$(BLANK)   ) \
	$(call wide,$1) $2))
endif

# The folder in which something is put is there first: $$(@D)/.
$(B)/:
	$(Q)mkdir -p $@
$(B)/%/:
	$(Q)mkdir -p $@
.PRECIOUS: $(B)/%/
.SECONDEXPANSION:

# --- What must be installed -------------------------------------------------

# `make run` and `make test` install what is missing; a plain `make` only says
# so.  The stamp keeps that from being looked at again each time.
ifneq ($(filter test bench fuzz mutate,$(MAKECMDGOALS)),)
SETUP := $(B)/setup-test.stamp
else ifneq ($(filter lint,$(MAKECMDGOALS)),)
SETUP := $(B)/setup-lint.stamp
else ifneq ($(filter run nested,$(MAKECMDGOALS)),)
SETUP := $(B)/setup-run.stamp
else
SETUP := $(B)/setup-build.stamp
endif

$(B)/setup-%.stamp: tools/setup | $$(@D)/
	$(Q)sh tools/setup $*
	$(Q)touch $@

# --- The kernel -------------------------------------------------------------

LAYERS := boot arch vmm guest monitor proof lib
# Programs for guests are no part of the kernel.
LAYER_FILES := $(sort $(filter-out guest/programs/% guest/programs64/%, \
	$(shell find $(LAYERS) -name '*.[chS]')))
# PROOF=0 links a kernel without the layer that tries it from inside.
PROOF ?= 1
# The console's font, out of a package: .pcf.gz is X11's compiled format.
FONT_PCF ?= /usr/share/fonts/X11/misc/ter-u16n_unicode.pcf.gz
FONT := $(B)/font_glyphs.c
# The font is first, for it has to be made before.
KERNEL_SRC := $(FONT) \
	$(filter-out vmm/asm_offsets.c $(if $(filter 0,$(PROOF)),proof/%), \
	$(filter %.c %.S,$(LAYER_FILES)))
KERNEL_OBJ := $(KERNEL_SRC:%=$(B)/kernel/%.o)
# What a file says of itself in a line of its own, `/* build: pure hot */`:
#   pure           plain C that needs nothing but other pure files; compiled for
#                  the host as well, where unit tests and fuzzers run it
#   hot            optimized for speed, not for size
#   sibling-calls  may end a function by a jump to the next
marked = $(shell grep -lE '^/\* build:.* $1( .*)? \*/$$' $(filter %.c,$(LAYER_FILES)))
PURE := $(call marked,pure) $(FONT)
HOT := $(call marked,hot)
SIBLINGS := $(call marked,sibling-calls)
# Bytes: 384 KiB, 460 KiB with proof, and 5.5 MB. Growth should be noticed, and be
# worth it. tests/boot/test_without_proof.py builds the first.
KERNEL_LIMIT := $(if $(filter 0,$(PROOF)),393216,471040)
ISO_LIMIT := 5500000

# DEBUG=1 checks every VM entry before it is made (lib/build.h).
DEBUG ?= 0
# Its accesses to a VMCS are checked, too, which takes room.
ifeq ($(DEBUG),1)
KERNEL_LIMIT := 507904
endif
# A file that holds a variable's value and changes only with it: what is made
# with the value depends on the file.
define note
ifneq ($$(shell cat $(B)/value-$1 2>/dev/null),$($1))
$$(shell mkdir -p $(B) && echo $($1) > $(B)/value-$1)
endif
endef
$(foreach name,DEBUG PROOF,$(eval $(call note,$(name))))
FLAGS := $(B)/value-DEBUG

CPPFLAGS := -I. -I$(B) -DBIOSPHERE_VERSION=\"$(VERSION)\" \
	-DBIOSPHERE_DEBUG=$(DEBUG) -MMD -MP
# The map keeps the build folder's name out of the image, for a second build
# elsewhere must be the same to the byte.
COMMON := -g -ffile-prefix-map=$(CURDIR)=.
# Warnings are errors for us. A compiler that we have not seen may have new ones,
# and who builds with it wants a kernel.
WERROR ?= 0
ifeq ($(WERROR),1)
ERRORS := -Werror
LD_ERRORS := -Wl,--fatal-warnings
endif
WARN   := -Wall -Wextra $(ERRORS) -Wconversion -Wshadow -Wundef \
	-Wmissing-prototypes -Wstrict-prototypes -Wvla
# Small everywhere, fast (marked hot) where every exit and every call pass
# through. The two passes turned off spend more on saving registers than they
# win by them.
OPTIMIZE = $(if $(filter $<,$(HOT)),-O2,\
	-Oz -fno-caller-saves -fno-move-loop-invariants)
# Every caller stays in the backtrace: no sibling calls, and a frame for each
# function. But for VM exits, whose handlers lead on to the guest by such calls
# (marked sibling-calls); what the handlers call has frames again. No -m option
# may be one of a few files: gcc 14's LTO gives it to all. The link is checked.
FRAMES = -fno-omit-frame-pointer \
	-f$(if $(filter $<,$(SIBLINGS)),,no-)optimize-sibling-calls
# No SSE: a stack of 8-byte alignment and unpadded tables do.
# The files are one program to the compiler (-flto): 10 KB less. SEPARATE=1 takes
# each by itself, which links in a second, for tools/mutate.
SEPARATE ?= 0
# An interrupt may write any static variable wherever one can come in, and a
# "memory" clobber does not tell gcc so: -fno-ipa-reference, or it keeps what it
# has read across a call that waits.
ONE_PROGRAM := $(if $(filter 1,$(SEPARATE)),,-flto)
CFLAGS = -std=gnu11 $(ONE_PROGRAM) $(OPTIMIZE) $(COMMON) -ffreestanding -fno-pic -fno-pie \
	-mcmodel=kernel -mgeneral-regs-only -mno-red-zone \
	-mpreferred-stack-boundary=3 -malign-data=abi \
	-fno-stack-protector $(FRAMES) -fcf-protection=none \
	-fno-ipa-reference -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables $(WARN) -Wstack-usage=2048
ASFLAGS := $(COMMON) -fno-pic -fno-pie -Wundef $(ERRORS)
# -n: the file needs no page alignment (linker.ld).
LDFLAGS := -nostdlib -static -no-pie -Wl,-T,linker.ld -Wl,--build-id=none \
	-Wl,--gc-sections -Wl,-n -Wl,-z,noexecstack $(LD_ERRORS)

$(FONT): tools/font.awk Makefile | $(SETUP)
	$(say) FONT $@
	$(Q)gzip -dc $(FONT_PCF) | od -An -v -tu1 | awk -f $< > $@

$(B)/kernel/%.c.o: %.c Makefile $(FLAGS) | $(SETUP) $$(@D)/
	$(call step,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/kernel/%.S.o: %.S $(B)/asm_offsets.h Makefile | $(SETUP) $$(@D)/
	$(call step,AS,$<)
	$(Q)$(CC) $(CPPFLAGS) $(ASFLAGS) -c $< -o $@

# Structure offsets for assembly, taken out of the compiler's own output: the
# lines asm_offsets.c emits as .ascii "->NAME value".
$(B)/asm_offsets.h: vmm/asm_offsets.c Makefile | $(SETUP) $$(@D)/
	$(say) OFFSETS $<
	$(Q)$(CC) $(CPPFLAGS) -MF $(B)/asm_offsets.d -MT $@ $(CFLAGS) -fno-lto -g0 \
		-S $< -o $(B)/asm_offsets.s
	$(Q)sed -n 's/^.*"->\([A-Za-z0-9_]*\) *\$$\{0,1\}\(-\{0,1\}[0-9][0-9]*\).*/#define \1 \2/p' \
		$(B)/asm_offsets.s > $@

# The files are one program to the compiler, which it takes apart in two again to
# use two processors: always two, for another number makes another kernel. Most
# of a build's time is here, so it is done once: what it leaves are objects.
LTO := $(if $(ONE_PROGRAM),$(B)/lto/kernel.elf)
$(B)/lto/kernel.elf: $(KERNEL_OBJ) linker.ld $(B)/value-PROOF
	$(say) LTO $@
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -flto=2 -flto-partition=balanced \
		--param lto-partitions=2 -save-temps $(LDFLAGS) \
		-Wl,--defsym=symbol_table=0,--defsym=symbol_table_end=0 \
		-o $@ $(filter %.o,$^)

# The kernel holds the names of its own functions for backtraces.  The first
# link has an empty table and tells the addresses; the table comes after all
# code, so that filling it moves no function, and that is checked.
linked = $(if $(ONE_PROGRAM),$(filter %.S.o,$^) $(B)/lto/*.ltrans.o \
	$(patsubst %,%.debug.temp.o,$(filter %.c.o,$^)) \
	$(filter $(B)/symbols%.o,$^),$(filter %.o,$^))
define link
	$(say) LINK $@
	$(Q)$(CC) $(LDFLAGS) -Wl,-Map,$@.map -o $@ $(linked)
endef

$(B)/symbols0.S: tools/symbols.awk Makefile | $(SETUP) $$(@D)/
	$(Q)awk -f $< < /dev/null > $@

$(B)/symbols.S: $(B)/pass1.elf tools/symbols.awk
	$(say) SYMBOLS $@
	$(Q)$(NM) -n $< > $(B)/pass1.nm
	$(Q)awk -f tools/symbols.awk $(B)/pass1.nm > $@

$(B)/symbols%.o: $(B)/symbols%.S Makefile
	$(Q)$(CC) $(ASFLAGS) -c $< -o $@

$(B)/symbols.o: $(B)/symbols.S Makefile
	$(Q)$(CC) $(ASFLAGS) -c $< -o $@

$(B)/pass1.elf: $(LTO) $(KERNEL_OBJ) $(B)/symbols0.o linker.ld
	$(link)

$(B)/biosphere.debug.elf: $(LTO) $(KERNEL_OBJ) $(B)/symbols.o linker.ld
	$(link)
	$(Q)$(NM) -n $@ > $(B)/biosphere.nm
	$(Q)for f in pass1 biosphere; do \
		grep -i ' [tw] ' $(B)/$$f.nm > $(B)/$$f.text || exit 1; done
	$(Q)cmp $(B)/pass1.text $(B)/biosphere.text || { \
		echo "the symbol table moved the kernel's code: linker.ld must" \
		"place .symbol_table after .text" >&2; rm -f $@; exit 1; }

# Looked at while the ISO is made.
$(B)/biosphere.dump: $(B)/biosphere.debug.elf tools/frames.awk $(SIBLINGS)
	$(Q)$(OBJDUMP) -t -d --no-show-raw-insn $< > $@
	$(Q)awk -f tools/frames.awk $(SIBLINGS) $@

$(B)/biosphere.elf: $(B)/biosphere.debug.elf
	$(say) STRIP $@
	$(Q)$(OBJCOPY) --strip-all $< $@
	$(Q)size=$$(wc -c < $@); if [ "$$size" -ge $(KERNEL_LIMIT) ]; then \
		echo "$@ is $$size bytes; the limit is $(KERNEL_LIMIT)" >&2; \
		rm -f $@; exit 1; fi

# --- 64-bit programs for run64 -----------------------------------------------

# Flat images, one of a C file or of a NASM file; each is a module of the ISO.
PROGRAMS64 := $(patsubst guest/programs64/%,$(B)/programs64/%.bin,\
	$(basename $(wildcard guest/programs64/*.c guest/programs64/*.asm)))
PROGRAM64_CFLAGS := -std=gnu11 -O1 -ffreestanding -fno-pic -fno-pie \
	-mcmodel=small -mno-red-zone -fno-stack-protector \
	-fno-optimize-sibling-calls -fcf-protection=none \
	-fno-asynchronous-unwind-tables $(WARN)

# What is between a source and its image is kept.
.PRECIOUS: $(B)/programs64/%.o $(B)/programs64/%.elf

$(B)/programs64/crt64.o: guest/programs64/crt64.S Makefile | $(SETUP) $$(@D)/
	$(Q)$(CC) -c $< -o $@

$(B)/programs64/%.o: guest/programs64/%.c Makefile | $(SETUP) $$(@D)/
	$(call step,CC,$<)
	$(Q)$(CC) -I. -MMD -MP $(PROGRAM64_CFLAGS) -c $< -o $@

$(B)/programs64/%.elf: $(B)/programs64/crt64.o $(B)/programs64/%.o \
		guest/programs64/flat.ld
	$(Q)$(CC) -nostdlib -static -no-pie -Wl,-T,guest/programs64/flat.ld \
		-Wl,--build-id=none -Wl,-n -Wl,-z,noexecstack \
		-Wl,--no-warn-rwx-segments -o $@ \
		$(filter %.o,$^)

$(B)/programs64/%.bin: $(B)/programs64/%.elf
	$(Q)$(OBJCOPY) -O binary $< $@

$(B)/programs64/%.bin: guest/programs64/%.asm Makefile | $(SETUP) $$(@D)/
	$(call step,NASM,$<)
	$(Q)nasm -f bin $< -o $@

# What the tests alone have: assembly, without a start of ours.
TEST_PROGRAMS64 := $(patsubst tests/boot/programs64/%.S,$(B)/test-programs64/%.bin,\
	$(wildcard tests/boot/programs64/*.S))
.SECONDARY: $(TEST_PROGRAMS64:.bin=.o) $(TEST_PROGRAMS64:.bin=.elf)

$(B)/test-programs64/%.o: tests/boot/programs64/%.S Makefile | $(SETUP) $$(@D)/
	$(call step,AS,$<)
	$(Q)$(CC) -I. -MMD -MP -Wundef $(ERRORS) -c $< -o $@

$(B)/test-programs64/%.elf: $(B)/test-programs64/%.o guest/programs64/flat.ld
	$(Q)$(LD) -T guest/programs64/flat.ld -n -z noexecstack \
		--no-warn-rwx-segments -o $@ $(filter %.o,$^)

$(B)/test-programs64/%.bin: $(B)/test-programs64/%.elf
	$(Q)$(OBJCOPY) -O binary $< $@

# --- 16-bit programs for run -------------------------------------------------

# Flat images, each of one file and of what is in lib/. What the tests alone
# have lies with them.
PROGRAM_SRC := $(wildcard guest/programs/*.S)
TEST_PROGRAM_SRC := $(wildcard tests/boot/programs/*.S)
PROGRAM_LIB := $(patsubst %.S,$(B)/16/%.o,$(wildcard guest/programs/lib/*.S))
PROGRAMS := $(PROGRAM_SRC:guest/programs/%.S=$(B)/programs/%.bin)
TEST_PROGRAMS := $(TEST_PROGRAM_SRC:tests/boot/programs/%.S=$(B)/test-programs/%.bin)
.SECONDARY: $(PROGRAM_LIB) $(PROGRAM_SRC:%.S=$(B)/16/%.o) $(TEST_PROGRAM_SRC:%.S=$(B)/16/%.o)

$(B)/16/%.o: %.S Makefile | $(SETUP) $$(@D)/
	$(call step,AS,$<)
	$(Q)$(CC) -m32 $(CPPFLAGS) -Wundef $(ERRORS) -c $< -o $@

define link16
	$(Q)$(LD) -m elf_i386 -T guest/programs/program.ld -o $@ $(filter %.o,$^)
endef

$(B)/programs/%.bin: $(B)/16/guest/programs/%.o $(PROGRAM_LIB) \
		guest/programs/program.ld | $$(@D)/
	$(link16)

$(B)/test-programs/%.bin: $(B)/16/tests/boot/programs/%.o $(PROGRAM_LIB) \
		guest/programs/program.ld | $$(@D)/
	$(link16)

# --- The ISO ----------------------------------------------------------------

# GRUB's part is the same in every ISO; the tests make theirs from it as well.
GRUB := $(B)/grub/stamp
$(GRUB): iso/mkgrub Makefile | $(SETUP)
	$(say) GRUB $(@D)
	$(Q)sh iso/mkgrub $(@D)
	$(Q)touch $@

# The license of the font, a part of which is in the kernel, goes with it.
FONT_LICENSE ?= /usr/share/doc/xfonts-terminus/copyright

# The ROMs of the virtual PC, where the package is there.
ROMS := $(wildcard /usr/share/seabios/bios-256k.bin /usr/share/seabios/vgabios-stdvga.bin)
ROM_FILES := $(if $(filter 2,$(words $(ROMS))),/boot/pc/seabios.bin=$(word 1,$(ROMS)) \
	/boot/pc/vgabios.bin=$(word 2,$(ROMS)))

$(B)/biosphere-pixels.elf: $(B)/biosphere.elf iso/pixels
	$(Q)sh iso/pixels $< $@

$(B)/biosphere.iso: $(B)/biosphere.elf $(B)/biosphere-pixels.elf $(GRUB) iso/grub.cfg iso/mkiso \
		$(PROGRAMS) $(PROGRAMS64)
	$(say) ISO $@
	$(Q)sh iso/mkiso $@ $(B)/grub $< iso/grub.cfg \
		/boot/biosphere-pixels.elf=$(B)/biosphere-pixels.elf \
		/boot/font-license.txt=$(FONT_LICENSE) \
		$(foreach p,$(PROGRAMS),/boot/programs/$(notdir $p)=$p) \
		$(foreach p,$(PROGRAMS64),/boot/programs64/$(notdir $p)=$p) \
		$(ROM_FILES)
	$(Q)size=$$(wc -c < $@); if [ "$$size" -ge $(ISO_LIMIT) ]; then \
		echo "$@ is $$size bytes; the limit is $(ISO_LIMIT)" >&2; \
		rm -f $@; exit 1; fi

# --- Unit tests of the pure modules, on the host ----------------------------

PURE_OBJ := $(PURE:%=$(B)/host/%.o)
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))

# With the sanitizers on, gcc sees sign changes that are not in the source.
HOST_CFLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all $(WARN) \
	-Wno-sign-conversion

$(B)/host/%.c.o: %.c Makefile | $(SETUP) $$(@D)/
	$(call step,HOSTCC,$<)
	$(Q)$(HOSTCC) $(CPPFLAGS) $(HOST_CFLAGS) -c $< -o $@

$(B)/host/libpure.a: $(PURE_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

# cmocka 2.0 deprecates names that 1.1 has no others for.
UNIT_CFLAGS := $(HOST_CFLAGS) -DCMOCKA_DISABLE_DEPRECATION_WARNINGS

$(B)/unit/%: tests/unit/%.c $(B)/host/libpure.a Makefile | $(SETUP) $$(@D)/
	$(call step,UNIT,$@)
	$(Q)$(HOSTCC) $(CPPFLAGS) $(UNIT_CFLAGS) $< $(B)/host/libpure.a \
		-lcmocka -o $@

# The cases of tests/boot/test_v86_steps.py, and what the emulator makes of them.
STEPS_OBJ := $(B)/host/tests/boot/native/steps.c.o \
	$(B)/host/tests/boot/native/steps_cases.c.o
$(B)/native/steps: $(STEPS_OBJ) $(B)/host/libpure.a | $$(@D)/
	$(say) LINK $@
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $^ -o $@

# The pictures of tests/boot/test_vga_pictures.py, and a machine with our VGA that
# shows them.
PICTURES := $(patsubst %.S,$(B)/16/%.o,$(wildcard tests/boot/vga/*.S))
.SECONDARY: $(PICTURES)
$(B)/vga/pictures.img: tests/boot/vga/pictures.ld $(PICTURES)
	$(say) LINK $@
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -m elf_i386 -T $< -o $@ $(PICTURES)

VGA_MACHINE_OBJ := $(B)/host/tests/boot/native/vga_machine.c.o
$(B)/native/vga_machine: $(VGA_MACHINE_OBJ) $(B)/host/libpure.a
	$(say) LINK $@
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $^ -lunicorn -o $@

# --- Fuzz targets of the pure modules, on the host -------------------------

FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_OBJ := $(patsubst %,$(B)/fuzz/obj/%.o,$(PURE) monitor/line/reg_args.c)
FUZZ_CFLAGS := -std=gnu11 -g -O2 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all $(WARN)

$(B)/fuzz/obj/%.c.o: %.c Makefile | $(SETUP) $$(@D)/
	$(call step,FUZZCC,$<)
	$(Q)$(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c $< -o $@

$(B)/fuzz/libpure.a: $(FUZZ_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(FUZZ): $(B)/fuzz/%: tests/fuzz/%.c $(B)/fuzz/libpure.a Makefile | $(SETUP)
	$(call step,FUZZ,$@)
	$(Q)$(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer $< \
		$(B)/fuzz/libpure.a -o $@

# --- What people type -------------------------------------------------------

CPU  ?= corei7_haswell_4770
CPUS ?= 2
# EMULATOR=bochs3 is Bochs 3.1, beside the system's (tools/bochs.py). UEFI=1
# wants it, and more memory.
ifeq ($(UEFI),1)
MEM  ?= 512
BIOS ?= ovmf
EMULATOR ?= bochs3
endif
MEM  ?= 128
BIOS ?= bochs
EMULATOR ?=
export EMULATOR
JOBS ?= 2
PYTEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_RUNS ?= 10000000

.PHONY: all unit run test fuzz lint matrix bench soak nested hostile mutate format clean help
all: $(B)/biosphere.elf $(B)/biosphere.iso $(B)/biosphere.dump $(PROGRAMS64) $(TEST_PROGRAMS) $(TEST_PROGRAMS64)
	$(clear)

unit: $(UNIT)

# Unpacks the emulator that is asked for, once; the system's is there.
.PHONY: emulator
emulator: | $(SETUP)
ifneq ($(EMULATOR),)
	$(Q)$(PYTHON) -B tools/bochs.py $(EMULATOR)
endif

# What boots has an ISO made for it, with its own command line. The one for people
# is made meanwhile, but before if it may be what boots, or on a terminal, where it
# would write in between.
.PHONY: boot
boot: $(B)/biosphere.elf $(GRUB) $(PROGRAMS) $(PROGRAMS64) emulator | $(SETUP) \
		$(if $(MAKE_TERMOUT)$(ISO),$(B)/biosphere.iso $(B)/biosphere.dump)
	$(clear)
	$(Q)$(PYTHON) -B tools/run --cpu=$(CPU) --cpus=$(CPUS) --mem=$(MEM) \
		--bios=$(BIOS) $(if $(ISO),--iso='$(ISO)') \
		$(if $(MODULES),--modules='$(MODULES)') \
		$(if $(RUN),--run='$(RUN)')

run: boot $(B)/biosphere.iso $(B)/biosphere.dump

# PYTEST_ARGS='-k demo' runs some of them; EMULATOR= the boot tests alone.
test: all unit $(FUZZ) $(B)/native/steps $(B)/native/vga_machine $(B)/vga/pictures.img \
		emulator | $(SETUP)
	$(clear)
	$(Q)$(PYTHON) -B -m pytest -p no:cacheprovider -n $(JOBS) \
		$(PYTEST_ARGS) $(if $(EMULATOR),tests/boot,tests)

# Ticks on three processors, against tests/bench/baseline.txt.
# BENCH_ARGS='--name=cpuid' measures one thing; --update writes that file.
bench: all | $(SETUP)
	$(Q)$(PYTHON) -B tools/bench $(BENCH_ARGS)

# On eight cores, with a line of progress now and then; half an hour at most.
soak: all | $(SETUP)
	$(Q)$(PYTHON) -B tools/soak

# FUZZ_RUNS inputs in all, shared by the targets; findings in build/fuzz.
# FUZZ_ARGS=--keep has the next run begin with what this one finds.
FUZZ_ARGS ?=
fuzz: $(FUZZ) | $(SETUP)
	$(Q)$(PYTHON) -B tools/fuzz --runs=$(FUZZ_RUNS) $(FUZZ_ARGS)

# In roots of their own; MATRIX_ARGS='--suites=trixie --goals=run' is less.
MATRIX_ARGS ?=
matrix:
	$(Q)$(PYTHON) -B tools/matrix $(MATRIX_ARGS)

# Four analysers over all of the kernel's C; some minutes.
lint: $(B)/asm_offsets.h $(FONT) | $(SETUP)
	$(Q)$(PYTHON) -B tools/lint $(CPPFLAGS) $(CFLAGS) -- \
		$(filter %.c,$(KERNEL_SRC)) vmm/asm_offsets.c

# The ISO under Linux KVM, whose VMX Bochs emulates. NESTED_ARGS='--runs=no-ept'
# makes some of the runs.
NESTED_ARGS ?=
nested: all | $(SETUP)
	$(Q)$(PYTHON) -B tools/nested $(NESTED_ARGS)

# MUTATE_SEED=, _COUNT=, _FILES=, _SINCE=, _MINUTES= and _AGAIN= are explained
# in tools/mutate; it works in a copy of the tree, in build/mutate.
mutate: | $(SETUP)
	$(Q)$(PYTHON) -B tools/mutate

# HOSTILE_SEED= chooses other programs.
HOSTILE_COUNT ?= 1000000
HOSTILE_SEED ?= 1
hostile: all | $(SETUP)
	$(Q)HOSTILE_COUNT=$(HOSTILE_COUNT) HOSTILE_SEED=$(HOSTILE_SEED) \
		$(PYTHON) -B tools/hostile

format:
	$(Q)clang-format -i $(filter %.c %.h,$(LAYER_FILES)) \
		$(wildcard guest/programs64/*.[ch] \
		tests/unit/*.[ch] tests/fuzz/*.[ch] \
		tests/boot/native/*.[ch])

clean:
	$(Q)rm -rf $(B)

# The comment at the top.
help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

-include $(KERNEL_OBJ:.o=.d) $(PURE_OBJ:.o=.d) $(UNIT:=.d) $(B)/asm_offsets.d \
	$(wildcard $(B)/programs64/*.d $(B)/test-programs64/*.d $(B)/16/*/*/*.d $(B)/16/*/*/*/*.d) \
	$(FUZZ_OBJ:.o=.d) $(FUZZ:=.d) $(STEPS_OBJ:.o=.d)

# For the progress that is shown, of a goal's objects (see `step`).
OBJECTS := $(KERNEL_OBJ) $(PROGRAM_LIB) $(PROGRAM_SRC:%.S=$(B)/16/%.o) $(PROGRAMS64)
ifeq ($(filter run,$(MAKECMDGOALS)),)
OBJECTS += $(TEST_PROGRAM_SRC:%.S=$(B)/16/%.o) $(TEST_PROGRAMS64:.bin=.o)
endif
ifneq ($(filter test unit,$(MAKECMDGOALS)),)
OBJECTS += $(PURE_OBJ) $(UNIT)
endif
ifneq ($(filter test fuzz,$(MAKECMDGOALS)),)
OBJECTS += $(FUZZ_OBJ) $(FUZZ)
endif
TO_DO := $(filter-out $(wildcard $(OBJECTS)),$(OBJECTS))
TENTHS := $(shell n=$(words $(TO_DO)); for i in 10 20 30 40 50 60 70 80 90 100; do \
	echo $$(((n * i + 99) / 100)):$$i; done)
