/* SPDX-License-Identifier: GPL-2.0 */
/* Into the queue of a device. */
#ifndef NV_TRACER_QDISC_H
#define NV_TRACER_QDISC_H

#include "tracer/packet_probe.h"

/* Introduced in v5.12. Runs after the enqueue: a shaper may have segmented and freed the packet, which then is not found. */
SEC("tp_btf/qdisc_enqueue")
int BPF_PROG(nv_qdisc_enqueue, struct Qdisc *qdisc, struct netdev_queue *txq, struct sk_buff *skb)
{
	struct nv_sighting s = {
		.skb = skb,
		.probe = NV_PACKET_PROBE_QDISC_ENQUEUE,
		.backlog_bytes = qdisc->qstats.backlog,
		.backlog_packets = qdisc->q.qlen,
	};

	return nv_at_queue(&s, txq->dev) ? nv_sighted(&s) : 0;
}

#endif
