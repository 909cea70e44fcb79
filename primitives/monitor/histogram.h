/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NV_HISTOGRAM_H
#define NV_HISTOGRAM_H

#include "function.h"
#include "records.h"
#include "sequence.h"

static __always_inline void nv_histogram_add(__u32 histogram[NV_LATENCY_BUCKETS], __u64 ns)
{
	__u64 us = ns / 1000;
	__u32 bucket = nv_log2(us > 0xffffffff ? 0xffffffff : us);

	if (bucket >= NV_LATENCY_BUCKETS)
		bucket = NV_LATENCY_BUCKETS - 1;
	histogram[bucket]++;
}

#endif
