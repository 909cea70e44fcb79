/* SPDX-License-Identifier: GPL-2.0 */
/* What user space tells the program while it runs (control.ts). */
#ifndef NV_CONTROL_H
#define NV_CONTROL_H

#include <bpf/bpf_helpers.h>

/* Alone in its section, which is written whole. */
struct {
	__u32 any_armed; /* spares the look-up while nothing is armed */
	__u32 sample_floor; /* lowest rank of a mark whose sample leaves, where there are too many; not of armed flows */
	__u64 tick_ns; /* a jiffy; 0: unknown */
	__u64 boot_ns; /* CLOCK_MONOTONIC when jiffies were 0, modulo 2^64 */
} nv_control SEC(".data.control") = {};

/*
 * CLOCK_MONOTONIC, up to a tick early. Jiffies count the ticks of that clock (tick_do_update_jiffies64), and reading
 * them is one load, where bpf_ktime_get_coarse_ns is a call of some 10 ns.
 */
static __always_inline __u64 nv_coarse_ns(void)
{
	__u64 tick_ns = nv_control.tick_ns;

	if (!tick_ns)
		return bpf_ktime_get_coarse_ns();
	return bpf_jiffies64() * tick_ns + nv_control.boot_ns;
}

/* Both clocks at one moment, for user space to find the tick: a test run leaves them here. */
struct {
	__u64 jiffies;
	__u64 coarse_ns;
} nv_clocks SEC(".data.clocks") = {};

SEC("tc")
int nv_read_clocks(struct __sk_buff *skb)
{
	__u64 jiffies = bpf_jiffies64();

	nv_clocks.coarse_ns = bpf_ktime_get_coarse_ns();
	nv_clocks.jiffies = bpf_jiffies64();
	/* A tick came between: once more. */
	return jiffies != nv_clocks.jiffies;
}

#endif
