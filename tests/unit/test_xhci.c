/*
 * The rings and contexts shared with an xHCI controller, read here as the
 * controller reads them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/usb/xhci_context.h"
#include "arch/usb/xhci_ring.h"

#define TRBS 8u
#define RING_PHYS 0x123450000ull

/* A controller's side of a ring that we write. */
struct reader {
	const struct xhci_trb *trb;
	u32 at, cycle;
};

/* The next TRB that is the controller's, links followed; NULL: none. */
static const struct xhci_trb *next(struct reader *reader)
{
	const struct xhci_trb *trb = &reader->trb[reader->at];

	if ((trb->control & 1) != reader->cycle) {
		return NULL;
	}
	if (XHCI_TRB_TYPE_OF(trb->control) == XHCI_LINK) {
		assert_int_equal(trb->parameter, RING_PHYS);
		assert_true(trb->control & XHCI_TRB_TOGGLE);
		reader->at = 0;
		reader->cycle ^= 1;
		return next(reader);
	}
	reader->at++;
	return trb;
}

static void test_ring(void **state)
{
	struct xhci_trb *trb = calloc(TRBS, sizeof(*trb));
	struct reader reader = { trb, 0, 1 };
	struct xhci_ring ring;

	(void)state;
	xhci_ring_init(&ring, trb, TRBS, RING_PHYS);
	assert_null(next(&reader));
	for (u32 i = 0; i < 5 * TRBS; i++) {
		u32 at = xhci_ring_put(&ring, 1000 + i, i,
				       XHCI_TRB_TYPE(XHCI_NORMAL));
		const struct xhci_trb *seen = next(&reader);

		assert_ptr_equal(seen, &trb[at]);
		assert_int_equal(seen->parameter, 1000 + i);
		assert_int_equal(seen->status, i);
		assert_int_equal(XHCI_TRB_TYPE_OF(seen->control), XHCI_NORMAL);
		assert_null(next(&reader));
	}
	/* As many as fit, read afterwards. */
	for (u32 i = 0; i < TRBS - 1; i++) {
		xhci_ring_put(&ring, i, 0, XHCI_TRB_TYPE(XHCI_NORMAL));
	}
	for (u32 i = 0; i < TRBS - 1; i++) {
		assert_int_equal(next(&reader)->parameter, i);
	}
	assert_null(next(&reader));
	free(trb);
}

static void test_events(void **state)
{
	struct xhci_trb *trb = calloc(TRBS, sizeof(*trb));
	struct xhci_trb event;
	struct xhci_ring ring;
	u32 cycle = 1;

	(void)state;
	xhci_ring_init_events(&ring, trb, TRBS);
	assert_false(xhci_ring_take(&ring, &event));
	for (u32 i = 0; i < 5 * TRBS; i++) {
		trb[i % TRBS] = (struct xhci_trb){
			.parameter = i,
			.status = 2 * i,
			.control = XHCI_TRB_TYPE(XHCI_PORT_EVENT) | cycle,
		};
		cycle ^= i % TRBS == TRBS - 1;
		assert_true(xhci_ring_take(&ring, &event));
		assert_int_equal(event.parameter, i);
		assert_int_equal(event.status, 2 * i);
		assert_int_equal(XHCI_TRB_TYPE_OF(event.control),
				 XHCI_PORT_EVENT);
		assert_false(xhci_ring_take(&ring, &event));
	}
	free(trb);
}

static u32 word(const u8 *input, u32 bytes, u32 context, u32 n)
{
	u32 value;

	memcpy(&value, input + context * bytes + n * 4, sizeof(value));
	return value;
}

static const struct xhci_slot slot = {
	.speed = XHCI_LOW_SPEED,
	.root_port = 5,
	.hub_port = 3,
	.tt_slot = 9,
	.tt_port = 3,
};

static void check_address(u32 bytes)
{
	u8 *input = malloc((XHCI_CONTEXTS + 1) * bytes);

	memset(input, 0xa5, (XHCI_CONTEXTS + 1) * bytes);
	xhci_context_address(input, bytes, &slot, 8, RING_PHYS);
	assert_int_equal(word(input, bytes, 0, 0), 0);
	assert_int_equal(word(input, bytes, 0, 1), 3);
	assert_int_equal(word(input, bytes, 1, 0),
			 1u << 27 | XHCI_LOW_SPEED << 20 | 3);
	assert_int_equal(word(input, bytes, 1, 1), 5u << 16);
	assert_int_equal(word(input, bytes, 1, 2), 3u << 8 | 9);
	assert_int_equal(word(input, bytes, 2, 0), 0);
	assert_int_equal(word(input, bytes, 2, 1), 8u << 16 | 4 << 3 | 3 << 1);
	assert_int_equal(word(input, bytes, 2, 2), (u32)RING_PHYS | 1);
	assert_int_equal(word(input, bytes, 2, 3), RING_PHYS >> 32);
	assert_int_equal(word(input, bytes, 2, 4), 8);
	assert_int_equal(word(input, bytes, XHCI_CONTEXTS, 7), 0);
	free(input);
}

static void test_address(void **state)
{
	(void)state;
	check_address(32);
	check_address(64);
	assert_int_equal(xhci_first_max_packet(XHCI_LOW_SPEED), 8);
	assert_int_equal(xhci_first_max_packet(XHCI_FULL_SPEED), 8);
	assert_int_equal(xhci_first_max_packet(XHCI_HIGH_SPEED), 64);
}

static void test_max_packet(void **state)
{
	u8 *input = malloc((XHCI_CONTEXTS + 1) * 32);

	(void)state;
	xhci_context_max_packet(input, 32, 64);
	assert_int_equal(word(input, 32, 0, 1), 2);
	assert_int_equal(word(input, 32, 2, 1), 64u << 16 | 4 << 3 | 3 << 1);
	free(input);
}

static void test_configure(void **state)
{
	static const struct {
		u8 speed, interval, period;
	} cases[] = {
		/* In frames: 10 ms are 8 ms, 1 is 1, 255 are 128. */
		{ XHCI_LOW_SPEED, 10, 6 },    { XHCI_FULL_SPEED, 1, 3 },
		{ XHCI_FULL_SPEED, 8, 6 },    { XHCI_FULL_SPEED, 7, 5 },
		{ XHCI_FULL_SPEED, 255, 10 }, { XHCI_FULL_SPEED, 0, 3 },
		{ XHCI_HIGH_SPEED, 4, 3 },    { XHCI_HIGH_SPEED, 16, 15 },
		{ XHCI_HIGH_SPEED, 255, 15 }, { XHCI_HIGH_SPEED, 0, 0 },
	};
	u8 *input = malloc((XHCI_CONTEXTS + 1) * 64);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct xhci_interrupt_in endpoint = {
			.number = 2,
			.max_packet = 8,
			.interval = cases[i].interval,
		};
		struct xhci_slot hub = { .speed = cases[i].speed,
					 .root_port = 1,
					 .hub_ports = 4,
					 .think_time = 2 };

		xhci_context_configure(input, 64, &hub, &endpoint, RING_PHYS);
		assert_int_equal(word(input, 64, 0, 1), 1 | 1 << 5);
		assert_int_equal(word(input, 64, 1, 0),
				 5u << 27 | 1 << 26 |
					 (u32)cases[i].speed << 20);
		assert_int_equal(word(input, 64, 1, 1), 4u << 24 | 1 << 16);
		assert_int_equal(word(input, 64, 1, 2), 2u << 16);
		assert_int_equal(word(input, 64, 6, 0),
				 (u32)cases[i].period << 16);
		assert_int_equal(word(input, 64, 6, 1),
				 8u << 16 | 7 << 3 | 3 << 1);
		assert_int_equal(word(input, 64, 6, 4), 8u << 16 | 8);
	}
	free(input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_max_packet),
		cmocka_unit_test(test_configure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
