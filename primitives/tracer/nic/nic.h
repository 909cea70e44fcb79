/* SPDX-License-Identifier: GPL-2.0 */
/* From a device up: into the backlog (netif_rx), out of NAPI, and into the stack, before the ingress tap. */
#ifndef NV_TRACER_NIC_H
#define NV_TRACER_NIC_H

#include "tracer/packet_probe.h"

static __always_inline int nv_received(struct sk_buff *skb, __u8 probe)
{
	struct nv_sighting s = {
		.skb = skb,
		.dev = BPF_CORE_READ(skb, dev),
		.probe = probe,
	};

	return nv_sighted(&s);
}

/* On a veth this runs on the sender's CPU; the device is the receiver's. */
SEC("tp_btf/netif_rx")
int BPF_PROG(nv_netif_rx, struct sk_buff *skb)
{
	return nv_received(skb, NV_PACKET_PROBE_NETIF_RX);
}

SEC("tp_btf/napi_gro_receive_entry")
int BPF_PROG(nv_napi_gro_receive_entry, struct sk_buff *skb)
{
	return nv_received(skb, NV_PACKET_PROBE_NAPI_RECEIVE);
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(nv_netif_receive_skb, struct sk_buff *skb)
{
	return nv_received(skb, NV_PACKET_PROBE_NETIF_RECEIVE);
}

#endif
