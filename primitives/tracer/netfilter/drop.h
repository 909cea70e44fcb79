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
		.location = (__u64)location,
		.drop_reason = reason,
		.probe = NV_PACKET_PROBE_DROP,
	};

	/* What a socket sends has no device before its namespace lets it out. */
	if (skb->dev) {
		s.device.netns = skb->dev->nd_net.net->ns.inum;
		s.device.ifindex = skb->dev->ifindex;
	} else {
		s.device.netns = BPF_CORE_READ(skb, sk, __sk_common.skc_net.net, ns.inum);
	}
	return nv_netns_in_scope(s.device.netns) ? nv_sighted(&s) : 0;
}

#endif
