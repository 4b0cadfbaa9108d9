/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the database on the simulated disk without the engine, and without leaving a trace.
 */
#ifndef TESTS_SIM_DISK_LOOK_H
#define TESTS_SIM_DISK_LOOK_H

#include <stddef.h>
#include <stdint.h>

/* The numbers of all events, ascending; the caller frees them. */
size_t disk_look_events(uint64_t **numbers);

#endif
