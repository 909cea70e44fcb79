/* SPDX-License-Identifier: GPL-2.0 */
/* What is armed, and the rings that its events leave through. */
#ifndef NV_TRACER_ARMED_H
#define NV_TRACER_ARMED_H

#include "armed_flows.h"
#include "budget.h"
#include "flow_key.h"
#include "records.h"
#include "ring.h"
#include "sampling.h"
#include "scope.h"

#define NV_RUNNING 0 /* TASK_RUNNING */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} packet_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} socket_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} sched_events SEC(".maps");

#endif
