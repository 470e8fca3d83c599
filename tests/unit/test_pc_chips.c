/* guest/board/pc/: DMA registers, power management, fw_cfg, PCI configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/acpi_power.h"
#include "guest/board/pc/fw_cfg.h"
#include "guest/board/pc/i8237.h"
#include "guest/board/pc/pc_clock.h"
#include "guest/board/pc/pci_config.h"
#include "lib/error.h"
#include "lib/types.h"

static void test_dma(void **state)
{
	/* Each chip: the ports of channel 1's address and of its registers. */
	static const struct {
		u16 address, mode, mask_one, clear, status, master_clear,
			mask_all;
	} ports[] = { { 0x02, 0x0b, 0x0a, 0x0c, 0x08, 0x0d, 0x0f },
		      { 0xc4, 0xd6, 0xd4, 0xd8, 0xd0, 0xda, 0xde } };
	struct i8237 dma;

	(void)state;
	i8237_init(&dma);
	for (u32 i = 0; i < ARRAY_SIZE(ports); i++) {
		i8237_write(&dma, ports[i].clear, 0);
		i8237_write(&dma, ports[i].address, 0x34);
		i8237_write(&dma, ports[i].address, 0x12);
		assert_int_equal(i8237_read(&dma, ports[i].address), 0x34);
		assert_int_equal(i8237_read(&dma, ports[i].address), 0x12);
		i8237_read(&dma, ports[i].address);
		i8237_write(&dma, ports[i].clear, 0);
		assert_int_equal(i8237_read(&dma, ports[i].address), 0x34);
		assert_int_equal(i8237_read(&dma, ports[i].mask_all), 0xff);
		i8237_write(&dma, ports[i].mask_one, 2);
		assert_int_equal(i8237_read(&dma, ports[i].mask_all), 0xfb);
		i8237_write(&dma, ports[i].mode, 0x59);
		assert_int_equal(dma.chip[i].mode[1], 0x59);
		i8237_write(&dma, ports[i].master_clear, 0);
		assert_int_equal(i8237_read(&dma, ports[i].mask_all), 0xff);
		assert_int_equal(i8237_read(&dma, ports[i].status), 0);
	}
	i8237_write(&dma, 0x83, 0x77);
	i8237_write(&dma, 0x8b, 0x66);
	assert_int_equal(i8237_read(&dma, 0x83), 0x77);
	assert_int_equal(i8237_read(&dma, 0x8b), 0x66);
}

static void test_power(void **state)
{
	struct acpi_power power;

	(void)state;
	acpi_power_init(&power);
	assert_int_equal(acpi_power_read(&power, 8, 4, 400), 100);
	assert_int_equal(acpi_power_read(&power, 8, 4, (BIT(24) + 5) * 4), 5);
	assert_int_equal(acpi_power_read(&power, 9, 1, 0x12345678ull * 4),
			 0x56);
	assert_int_equal(acpi_power_read(&power, 4, 2, 0), 1);
	acpi_power_write(&power, 2, 2, 0x0100);
	assert_false(acpi_power_line(&power));
	acpi_power_press_button(&power);
	assert_true(acpi_power_line(&power));
	assert_int_equal(acpi_power_read(&power, 0, 2, 0), 0x0100);
	acpi_power_write(&power, 0, 2, 0x0100);
	assert_false(acpi_power_line(&power));
	acpi_power_write(&power, 4, 2, 0x2401); /* S3, or so: not off */
	assert_false(power.off);
	assert_int_equal(acpi_power_read(&power, 4, 2, 0), 0x0401);
	acpi_power_write(&power, 4, 2, 0x2001);
	assert_true(power.off);
}

static void test_fw_cfg(void **state)
{
	static const char words[] = "words of a file";
	struct fw_cfg cfg;
	u8 got[64];

	(void)state;
	fw_cfg_init(&cfg, 3);
	fw_cfg_select(&cfg, 0);
	fw_cfg_read(&cfg, got, 6);
	assert_memory_equal(got, "QEMU\0\0", 6);
	fw_cfg_select(&cfg, 5);
	fw_cfg_read(&cfg, got, 2);
	assert_int_equal(got[0], 3);
	assert_int_equal(fw_cfg_add_file(&cfg, "etc/words", words, 15), 0);
	fw_cfg_select(&cfg, 0x19);
	fw_cfg_read(&cfg, got, 24);
	assert_memory_equal(got, "\0\0\0\1\0\0\0\17\0\40\0\0etc/words\0\0\0",
			    24);
	fw_cfg_select(&cfg, 0x20);
	fw_cfg_read(&cfg, got, 5);
	assert_memory_equal(got, "words", 5);
	fw_cfg_read(&cfg, got, 20);
	assert_memory_equal(got, " of a file\0\0\0\0\0\0\0\0\0", 20);
	fw_cfg_select(&cfg, 0x21); /* there is none */
	fw_cfg_read(&cfg, got, 1);
	assert_int_equal(got[0], 0);
	assert_int_equal(fw_cfg_selected(&cfg), 0x21);
	for (u32 i = 1; i < FW_CFG_FILES; i++) {
		assert_int_equal(fw_cfg_add_file(&cfg, "x", words, 1), 0);
	}
	assert_int_equal(fw_cfg_add_file(&cfg, "x", words, 1), ERR_FULL);
}

static struct pci_config pci;

static u32 get(u32 device, u32 function, u32 at)
{
	pci_config_write(&pci, 0xcf8, 4,
			 BIT(31) | device << 11 | function << 8 | at);
	return pci_config_read(&pci, 0xcfc, 4);
}

static void set(u32 device, u32 function, u32 at, u32 value)
{
	get(device, function, at);
	pci_config_write(&pci, 0xcfc, 4, value);
}

static int begin_pci(void **state)
{
	(void)state;
	pci_config_init(&pci, true);
	return 0;
}

static void test_pci_functions(void **state)
{
	(void)state;
	assert_int_equal(get(0, 0, 0), 0x12378086);
	assert_int_equal(get(1, 0, 0), 0x70008086);
	assert_int_equal(get(1, 1, 0), 0x70108086);
	assert_int_equal(get(1, 3, 0), 0x71138086);
	assert_int_equal(get(2, 0, 0), 0x11111234);
	assert_int_equal(get(1, 2, 0), 0xffffffff);
	assert_int_equal(get(3, 0, 0), 0xffffffff);
	assert_int_equal(get(0, 0, 0x2c), 0x11001af4);
	set(0, 0, 0, 0);
	assert_int_equal(get(0, 0, 0), 0x12378086);
	assert_int_equal(pci_config_read(&pci, 0xcfd, 1), 0x80);
	assert_int_equal(pci_config_read(&pci, 0xcfe, 2), 0x1237);
	assert_int_equal(pci_config_read(&pci, 0xcf8, 4), 0x80000000);
	pci_config_write(&pci, 0xcf8, 4, 0);
	assert_int_equal(pci_config_read(&pci, 0xcfc, 4), 0xffffffff);
	pci_config_init(&pci, false);
	assert_int_equal(get(2, 0, 0), 0xffffffff);
}

static void test_pci_bars(void **state)
{
	(void)state;
	set(2, 0, 0x10, 0xffffffff);
	assert_int_equal(get(2, 0, 0x10), 0xff000008);
	set(2, 0, 0x10, 0xfd000000);
	assert_int_equal(pci_config_frame_buffer(&pci), 0);
	set(2, 0, 4, 3);
	assert_int_equal(pci_config_frame_buffer(&pci), 0xfd000000);
	assert_int_equal(pci_config_power_port(&pci), 0);
	set(1, 3, 0x40, 0xb001);
	set(1, 3, 0x80, 1);
	assert_int_equal(pci_config_power_port(&pci), 0xb000);
	assert_int_equal(get(1, 3, 0x40), 0xb001);
}

static void test_pam(void **state)
{
	(void)state;
	for (u32 i = 0; i < PCI_PAM_SEGMENTS; i++) {
		assert_false(pci_config_pam(&pci, i).reads_ram);
		assert_false(pci_config_pam(&pci, i).writes_ram);
	}
	get(0, 0, 0x58);
	pci_config_write(&pci, 0xcfd, 1, 0x30); /* F0000h: both */
	pci_config_write(&pci, 0xcfe, 1,
			 0x21); /* C0000h: read, C4000h: write */
	assert_true(pci.memory_changed);
	assert_true(pci_config_pam(&pci, 12).reads_ram);
	assert_true(pci_config_pam(&pci, 12).writes_ram);
	assert_true(pci_config_pam(&pci, 0).reads_ram);
	assert_false(pci_config_pam(&pci, 0).writes_ram);
	assert_false(pci_config_pam(&pci, 1).reads_ram);
	assert_true(pci_config_pam(&pci, 1).writes_ram);
	assert_int_equal(get(0, 0, 0x58), 0x00213000);
}

static void test_reset(void **state)
{
	(void)state;
	pci_config_write(&pci, 0xcf9, 1, 0x02);
	assert_false(pci.resets);
	assert_int_equal(pci_config_read(&pci, 0xcf9, 1), 0x02);
	pci_config_write(&pci, 0xcf9, 1, 0x06);
	assert_true(pci.resets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dma),
		cmocka_unit_test(test_power),
		cmocka_unit_test(test_fw_cfg),
		cmocka_unit_test_setup(test_pci_functions, begin_pci),
		cmocka_unit_test_setup(test_pci_bars, begin_pci),
		cmocka_unit_test_setup(test_pam, begin_pci),
		cmocka_unit_test_setup(test_reset, begin_pci),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
