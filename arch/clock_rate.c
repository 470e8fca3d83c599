/* Arithmetic of rates. Nothing here can overflow for spans below a minute. */
/* build: pure */
#include "arch/clock_rate.h"

#define MILLION 1000000ull
#define AGREE_ONE_IN 200
/* The same between samples next to each other, whose span is short. */
#define EVEN_ONE_IN 50

static bool between(const struct clock_sample *a, const struct clock_sample *b,
		    u64 hz, u64 mask, struct clock_rate *rate)
{
	u64 counts = (b->counts - a->counts) & mask;
	u64 ticks = b->tsc - a->tsc;

	if (counts == 0 || ticks == 0) {
		return false;
	}
	rate->tsc_khz = ticks * hz / counts / 1000;
	rate->apic_khz = (u64)(b->apic - a->apic) * hz / counts / 1000;
	/* Besides, a count may have been about to come, at both ends. */
	rate->error_ppm =
		(a->width + b->width) * MILLION / ticks + MILLION / counts;
	return true;
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

static bool agree(u64 a_khz, u64 b_khz, u64 one_in)
{
	return distance(a_khz, b_khz) <= MAX(a_khz, b_khz) / one_in;
}

bool clock_rates_agree(u64 a_khz, u64 b_khz)
{
	return agree(a_khz, b_khz, AGREE_ONE_IN);
}

/* A reference that jumps is none; but an imprecise sample accuses nobody. */
static bool counts_evenly(const struct clock_sample *samples, u32 count, u64 hz,
			  u64 mask, u64 tsc_khz)
{
	for (u32 i = 0; i + 1 < count; i++) {
		struct clock_rate rate;

		if (!between(&samples[i], &samples[i + 1], hz, mask, &rate)) {
			return false;
		}
		if (!agree(rate.tsc_khz, tsc_khz, EVEN_ONE_IN) &&
		    rate.error_ppm < MILLION / EVEN_ONE_IN) {
			return false;
		}
	}
	return true;
}

bool clock_rate_best(const struct clock_sample *samples, u32 count, u64 hz,
		     u64 mask, struct clock_rate *rate)
{
	bool found = false;

	for (u32 i = 0; i + 1 < count; i++) {
		for (u32 j = i + 1; j < count; j++) {
			struct clock_rate one;

			if (between(&samples[i], &samples[j], hz, mask, &one) &&
			    (!found || one.error_ppm < rate->error_ppm)) {
				*rate = one;
				found = true;
			}
		}
	}
	return found && rate->tsc_khz != 0 &&
	       counts_evenly(samples, count, hz, mask, rate->tsc_khz);
}

/* "Nominal Core Crystal Clock Frequency" of processors that do not tell it. */
static u64 crystal_of_model(u32 family, u32 model)
{
	if (family != 6) {
		return 0;
	}
	switch (model) {
	case 0x4e: /* 6th and 7th generation Core */
	case 0x5e:
	case 0x8e:
	case 0x9e:
		return 24000;
	case 0x55: /* Xeon Scalable */
		return 25000;
	case 0x5c: /* Goldmont */
		return 19200;
	default:
		return 0;
	}
}

u64 clock_rate_of_cpuid(const u32 leaf[4], u32 family, u32 model,
			u64 *crystal_khz)
{
	*crystal_khz = leaf[2] / 1000;
	if (*crystal_khz == 0) {
		*crystal_khz = crystal_of_model(family, model);
	}
	if (leaf[0] == 0 || leaf[1] == 0) {
		*crystal_khz = 0;
		return 0;
	}
	return *crystal_khz * leaf[1] / leaf[0];
}

/* The bus clock in MHz, times three. */
static u64 bus_of_model(u32 model)
{
	switch (model) {
	case 0x1a: /* Nehalem and Westmere */
	case 0x1e:
	case 0x1f:
	case 0x25:
	case 0x2c:
	case 0x2e:
	case 0x2f:
		return 400;
	case 0x2a: /* Sandy Bridge, Ivy Bridge */
	case 0x2d:
	case 0x3a:
	case 0x3e:
	case 0x3c: /* Haswell, Broadwell */
	case 0x3f:
	case 0x45:
	case 0x46:
	case 0x3d:
	case 0x47:
	case 0x4f:
	case 0x56:
	case 0x57: /* Xeon Phi */
	case 0x85:
	case 0x4e: /* Skylake and its kin */
	case 0x55:
	case 0x5e:
	case 0x8e:
	case 0x9e:
		return 300;
	default:
		return 0;
	}
}

u64 clock_rate_of_platform(u64 value, u32 family, u32 model)
{
	u64 ratio = value >> 8 & 0xff;

	return family == 6 ? ratio * bus_of_model(model) * 1000 / 3 : 0;
}
