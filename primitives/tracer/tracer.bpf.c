// SPDX-License-Identifier: GPL-2.0
/*
 * Phase 2: what happens to the packets, sockets and threads of armed flows, layer by layer. One folder a probe;
 * user space attaches the programs when a flow is armed and detaches them with the last.
 */
#include <vmlinux.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tracer/socket/socket.h"
#include "tracer/tcp/tcp.h"
#include "tracer/qdisc/qdisc.h"
#include "tracer/driver/driver.h"
#include "tracer/nic/nic.h"
#include "tracer/netfilter/drop.h"
#include "tracer/scheduler/scheduler.h"
#include "tracer/softirq/softirq.h"
#include "tracer/owners/owners.h"
#include "tracer/sender_time/sender_time.h"

char LICENSE[] SEC("license") = "GPL";
