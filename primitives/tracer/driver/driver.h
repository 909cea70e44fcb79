/* SPDX-License-Identifier: GPL-2.0 */
/* The hand-over to a driver. Not net_dev_xmit: that runs after it, when the packet may be gone. */
#ifndef NV_TRACER_DRIVER_H
#define NV_TRACER_DRIVER_H

#include "tracer/packet_probe.h"

SEC("tp_btf/net_dev_start_xmit")
int BPF_PROG(nv_net_dev_start_xmit, struct sk_buff *skb, struct net_device *dev)
{
	struct nv_sighting s = {
		.skb = skb,
		.probe = NV_PACKET_PROBE_DEV_XMIT,
		.neighbours = true,
	};

	return nv_at_queue(&s, dev) ? nv_sighted(&s) : 0;
}

#endif
