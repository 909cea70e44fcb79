/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NV_HISTOGRAM_H
#define NV_HISTOGRAM_H

#include "function.h"
#include "records.h"

/* BPF has no instruction for it. */
static __always_inline __u32 nv_log2(__u32 value)
{
	__u32 result = (value > 0xffff) << 4, step;

	value >>= result;
	step = (value > 0xff) << 3;
	value >>= step;
	result |= step;
	step = (value > 0xf) << 2;
	value >>= step;
	result |= step;
	step = (value > 0x3) << 1;
	value >>= step;
	result |= step;
	return result | value >> 1;
}

static __always_inline void nv_histogram_add(__u32 histogram[NV_LATENCY_BUCKETS], __u64 ns)
{
	__u64 us = ns / 1000;
	__u32 bucket = nv_log2(us > 0xffffffff ? 0xffffffff : us);

	if (bucket >= NV_LATENCY_BUCKETS)
		bucket = NV_LATENCY_BUCKETS - 1;
	histogram[bucket]++;
}

#endif
