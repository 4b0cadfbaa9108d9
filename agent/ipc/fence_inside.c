/* SPDX-License-Identifier: Apache-2.0
 *
 * What a prober that looks inside the machine may do, and the others may not: see
 * docs/decisions/0009-looking-inside-without-landlock.md. A filter sees numbers and addresses,
 * not what they point at. So openat2() is allowed with certain constants only, which stand in
 * the program's own read-only memory; and what could make that memory writable, or put other
 * memory in its place, is refused.
 */
#include "agent/ipc/fence_inside.h"

#include <linux/openat2.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { RULES_CONDITIONS = 4 };

struct rule {
	int call;
	unsigned count;
	struct scmp_arg_cmp conditions[RULES_CONDITIONS];
};

static struct scmp_arg_cmp is(unsigned argument, uint64_t value)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_EQ, value, 0 };
}

static struct scmp_arg_cmp points_at(unsigned argument, const void *constant)
{
	return is(argument, (uintptr_t)constant);
}

static struct scmp_arg_cmp low_half_is(unsigned argument, uint32_t value)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_MASKED_EQ, UINT32_MAX, value };
}

static struct scmp_arg_cmp is_beyond(unsigned argument, uintptr_t address)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_GT, address, 0 };
}

/* A plain number of a descriptor: AT_FDCWD is none. */
static struct scmp_arg_cmp is_descriptor(unsigned argument)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_LE, INT32_MAX, 0 };
}

/* The last byte of what must stay as it is. */
static uintptr_t end_of_constants(const struct machine_orders *orders)
{
	const uintptr_t ends[] = { (uintptr_t)(orders->folder + 1), (uintptr_t)(orders->file + 1),
				   (uintptr_t)orders->file_path + 1 };
	uintptr_t last = 0;

	for (size_t i = 0; i < COUNT(ends); i++)
		if (ends[i] > last)
			last = ends[i];
	return last;
}

int fence_inside_allow(void *filter, const struct machine *machine)
{
	const struct machine_orders orders = machine_orders();
	const uint64_t processes = (uint64_t)machine_processes(machine);
	const uint64_t size = sizeof(struct open_how);
	const uintptr_t constants = end_of_constants(&orders);
	const struct rule rules[] = {
		{ SCMP_SYS(openat2), 3,
		  { is(0, processes), points_at(2, orders.folder), is(3, size) } },
		{ SCMP_SYS(openat2), 4,
		  { is_descriptor(0), points_at(1, orders.file_path), points_at(2, orders.file),
		    is(3, size) } },
		{ SCMP_SYS(getdents64), 0, { { 0 } } },
		/* Says what a link points at; nothing can be opened through it. */
		{ SCMP_SYS(readlinkat), 0, { { 0 } } },
		{ SCMP_SYS(ioctl), 2,
		  { low_half_is(0, (uint32_t)machine_sockets(machine)),
		    low_half_is(1, SIOCGIFNAME) } },
		/* The program lies below all memory that is taken or given back while it runs. */
		{ SCMP_SYS(mmap), 2, { is(0, 0), { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
		{ SCMP_SYS(munmap), 1, { is_beyond(0, constants) } },
		{ SCMP_SYS(mremap), 2, { is_beyond(0, constants), is(3, MREMAP_MAYMOVE) } },
	};
	int error = 0;

	for (size_t i = 0; i < COUNT(rules) && !error; i++)
		error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rules[i].call,
					       rules[i].count, rules[i].conditions);
	return error;
}
