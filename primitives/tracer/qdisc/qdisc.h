/* SPDX-License-Identifier: GPL-2.0 */
/* Towards the queue of a device. */
#ifndef NV_TRACER_QDISC_H
#define NV_TRACER_QDISC_H

#include "tracer/packet_probe.h"

SEC("tp_btf/net_dev_queue")
int BPF_PROG(nv_net_dev_queue, struct sk_buff *skb)
{
	struct nv_sighting s = {
		.skb = skb,
		.dev = BPF_CORE_READ(skb, dev),
		.probe = NV_PACKET_PROBE_DEV_QUEUE,
	};

	return nv_sighted(&s);
}

/* Introduced in v5.12. Runs after the enqueue: a shaper may have segmented and freed the packet, which then is not found. */
SEC("tp_btf/qdisc_enqueue")
int BPF_PROG(nv_qdisc_enqueue, struct Qdisc *qdisc, struct netdev_queue *txq, struct sk_buff *skb)
{
	struct nv_sighting s = {
		.skb = skb,
		.dev = BPF_CORE_READ(txq, dev),
		.probe = NV_PACKET_PROBE_QDISC_ENQUEUE,
		.backlog_bytes = BPF_CORE_READ(qdisc, qstats.backlog),
		.backlog_packets = BPF_CORE_READ(qdisc, q.qlen),
	};

	return nv_sighted(&s);
}

#endif
