/* SPDX-License-Identifier: GPL-2.0 */
/* From a device up, before the ingress tap: into the backlog (netif_rx), or out of a driver's NAPI. */
#ifndef NV_TRACER_NIC_H
#define NV_TRACER_NIC_H

#include "tracer/packet_probe.h"

/* On a veth this runs on the sender's CPU; the device is the receiver's. */
SEC("tp_btf/netif_rx")
int BPF_PROG(nv_netif_rx, struct sk_buff *skb)
{
	struct nv_sighting s = { .skb = skb, .probe = NV_PACKET_PROBE_NETIF_RX };

	return nv_at_uplink(&s, skb->dev) ? nv_sighted(&s) : 0;
}

SEC("tp_btf/napi_gro_receive_entry")
int BPF_PROG(nv_napi_gro_receive_entry, struct sk_buff *skb)
{
	struct nv_sighting s = { .skb = skb, .probe = NV_PACKET_PROBE_NAPI_RECEIVE };

	return nv_at_uplink(&s, skb->dev) ? nv_sighted(&s) : 0;
}

#endif
