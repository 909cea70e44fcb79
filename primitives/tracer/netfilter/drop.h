/* SPDX-License-Identifier: GPL-2.0 */
/* Every drop that the kernel names, by netfilter or anything else. The reason came in v5.17. */
#ifndef NV_TRACER_DROP_H
#define NV_TRACER_DROP_H

#include "tracer/packet_probe.h"

SEC("tp_btf/kfree_skb")
int BPF_PROG(nv_kfree_skb, struct sk_buff *skb, void *location, unsigned int reason)
{
	struct nv_sighting s = {
		.skb = skb,
		.dev = BPF_CORE_READ(skb, dev),
		.location = (__u64)location,
		.drop_reason = reason,
		.probe = NV_PACKET_PROBE_DROP,
	};

	if (!s.dev)
		return 0;
	return nv_sighted(&s);
}

#endif
