/* See hostile_guest.h. */
#include "proof/hostile/hostile_guest.h"

#include "arch/mem/pages.h"
#include "guest/bios/bios.h"
#include "guest/bios/program16.h"
#include "guest/code16/engines.h"
#include "guest/memory/bios_area.h"
#include "lib/error.h"
#include "lib/string.h"
#include "monitor/settings.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/vmcs.h"

#define PAGES_FOR(bytes) (((bytes) + PAGE_SIZE - 1) / PAGE_SIZE)
#define GUEST16_PAGES PAGES_FOR(sizeof(struct guest16))
#define GUEST64_PAGES PAGES_FOR(sizeof(struct guest64))
#define IMAGE_PAGES PAGES_FOR(HOSTILE_IMAGE_BYTES)
#define VECTOR_EQUIPMENT 0x11
#define CALL_TIMEOUT_MS 1000
#define VECTORS 256u

const struct hostile_kind hostile_kinds[HOSTILE_KINDS] = {
	{ .name = "v86", .engine = &engine_v86, .timeout_us = 100 },
	{ .name = "v86-ept", .engine = &engine_v86_ept, .timeout_us = 100 },
	{ .name = "real", .engine = &engine_real, .timeout_us = 100 },
	{ .name = "run64-guest", .timeout_us = 300 },
	{ .name = "run64-ept", .under_ept = true, .timeout_us = 100 },
};

bool hostile_kind_available(const struct hostile_kind *kind,
			    const struct vmx_caps *caps)
{
	return kind->engine != NULL
		       ? engine_available(kind->engine, caps)
		       : !kind->under_ept || guest64_can_use_ept(caps);
}

void hostile_kind_make_program(const struct hostile_kind *kind,
			       struct hostile_program *program, u64 seed,
			       u64 index)
{
	if (kind->engine != NULL) {
		hostile_program16_make(program, seed, index);
	} else {
		hostile_program64_make(program, seed, index);
	}
}

struct guest16 *hostile_guest16_make(const struct engine *engine,
				     const struct board_kind *board, int *err)
{
	struct guest16 *guest = pages_get(GUEST16_PAGES);

	if (guest == NULL) {
		*err = ERR_NO_MEMORY;
		return NULL;
	}
	*err = bios_guest_init(guest, engine, board, settings()->vme);
	if (*err == 0) {
		return guest;
	}
	pages_put(guest, GUEST16_PAGES);
	return NULL;
}

void hostile_guest16_give_up(struct guest16 **guest)
{
	if (*guest != NULL) {
		bios_guest_free(*guest);
		pages_put(*guest, GUEST16_PAGES);
		*guest = NULL;
	}
}

bool hostile_guest16_call_is_right(struct guest16 *guest)
{
	struct bios_regs regs = { .eflags = 0x202 };

	return bios_call(guest, VECTOR_EQUIPMENT, &regs, CALL_TIMEOUT_MS) ==
		       VCPU_END_DONE &&
	       (u16)regs.eax == bios_area_read16(BDA_EQUIPMENT);
}

int hostile_guest_init(struct hostile_guest *guest,
		       const struct hostile_kind *kind)
{
	int err = 0;

	*guest = (struct hostile_guest){ .kind = kind };
	if (kind->engine != NULL) {
		guest->guest16 = hostile_guest16_make(kind->engine,
						      &board_isolated, &err);
		return err;
	}
	guest->guest64 = pages_get(GUEST64_PAGES);
	guest->image = pages_get(IMAGE_PAGES);
	return guest->guest64 == NULL || guest->image == NULL ? ERR_NO_MEMORY
							      : 0;
}

void hostile_guest_free(struct hostile_guest *guest)
{
	hostile_guest16_give_up(&guest->guest16);
	if (guest->guest64 != NULL) {
		pages_put(guest->guest64, GUEST64_PAGES);
		guest->guest64 = NULL;
	}
	if (guest->image != NULL) {
		pages_put(guest->image, IMAGE_PAGES);
		guest->image = NULL;
	}
}

static int set_vectors(struct guest16 *guest, const struct hostile_program *p)
{
	struct far_ptr ivt[VECTORS];

	if (p->ivt == HOSTILE_IVT_BIOS) {
		return 0;
	}
	for (u32 i = 0; i < VECTORS; i++) {
		ivt[i] = hostile_program16_vector(p, (u8)i);
	}
	return guest_memory_write(&guest->memory, 0, ivt, sizeof(ivt));
}

static int run16(struct guest16 *guest, const struct hostile_program *p,
		 u64 timeout_us, struct hostile_end *end)
{
	const struct program16 image = { .image = p->code,
					 .bytes = p->bytes + HOSTILE_TAIL_BYTES,
					 .at = p->at };
	struct bios_regs regs = p->regs;
	int err = bios_guest_renew(guest);

	if (err == 0) {
		err = program16_load(guest, &image);
	}
	if (err == 0) {
		err = set_vectors(guest, p);
	}
	if (err == 0) {
		end->end = program16_run(guest, &image, &regs, timeout_us);
		end->entry_failed = guest->vcpu.entry_failed;
	}
	return err;
}

/*
 * Whether a failed VM entry is the emulator's fault. Bochs 2.7 can get a guest
 * into two states that VM entry refuses: a null SS whose RPL differs from CS's,
 * which its IRETQ loads and may not (SDM volume 2, "IRET"); and a null SS at
 * privilege level 1 or 2 that was saved with a DPL of 0 in place of that level
 * (volume 3, "Saving Segment Registers and Descriptor-Table Registers").
 */
static bool is_emulators_own(void)
{
	u64 ss = vmcs_read(VMCS_GUEST_SS_SELECTOR);
	u64 rights = vmcs_read(VMCS_GUEST_SS_ACCESS_RIGHTS);

	return ss < 4 && (ss != vmcs_read(VMCS_GUEST_CS_SELECTOR) % 4 ||
			  ss != (rights & RIGHTS_DPL) >> RIGHTS_DPL_SHIFT);
}

static int run64(struct hostile_guest *guest, const struct hostile_program *p,
		 u64 timeout_us, struct hostile_end *end)
{
	struct guest64 *guest64 = guest->guest64;
	struct guest64_regs regs;
	int err;

	hostile_program64_image(p, guest->image);
	err = guest64_init(guest64, &board_isolated,
			   p->small_pages ? GUEST64_PAGES_4K : GUEST64_PAGES_2M,
			   guest->kind->under_ept, HOSTILE_RAM_END,
			   guest->image, HOSTILE_IMAGE_BYTES, 0);
	if (err != 0) {
		return err;
	}
	memcpy(regs.gpr, p->gpr, sizeof(regs.gpr));
	regs.gpr[GPR_RSP] = GUEST64_PROGRAM + HOSTILE_IMAGE_FRAME;
	regs.rflags = 0;
	guest64_set_regs(guest64, &regs);
	end->end = guest64_run(guest64, timeout_us);
	end->entry_failed = guest64->vcpu.entry_failed && !is_emulators_own();
	end->rax = guest64->vcpu.regs.rax;
	guest64_free(guest64);
	return 0;
}

int hostile_guest_run(struct hostile_guest *guest,
		      const struct hostile_program *program, u64 timeout_us,
		      struct hostile_end *end)
{
	return guest->guest16 != NULL
		       ? run16(guest->guest16, program, timeout_us, end)
		       : run64(guest, program, timeout_us, end);
}

/* Runs MOV EAX, 12345678h; HLT and checks the result. */
static bool program64_is_right(struct hostile_guest *guest)
{
	static const u8 code[] = { 0xb8, 0x78, 0x56, 0x34, 0x12 };
	struct hostile_program program;
	struct hostile_end end;

	hostile_program64_make(&program, 0, 0);
	hostile_program_set_code(&program, code, sizeof(code));
	return run64(guest, &program, CALL_TIMEOUT_MS * 1000, &end) == 0 &&
	       end.end == VCPU_END_DONE && end.rax == 0x12345678;
}

bool hostile_guest_is_well(struct hostile_guest *guest)
{
	return guest->guest16 == NULL
		       ? program64_is_right(guest)
		       : bios_guest_renew(guest->guest16) == 0 &&
				 hostile_guest16_call_is_right(guest->guest16);
}
