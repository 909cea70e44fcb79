// SPDX-License-Identifier: GPL-2.0
/*
 * The tap: one program at the ingress and one at the egress of every pod and uplink. It keeps an account of each
 * flow in a map, takes RTT samples, raises alerts, and lets every packet go on to the next program.
 */
#include <vmlinux.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "packet.h"
#include "flow.h"
#ifdef NV_LRU_HASH
#include "flow_lru.h"
#else
#include "flow_table.h"
#endif
#include "application.h"
#include "counters.h"
#include "datagram.h"
#include "armed.h"
#include "tcp_ack.h"
#include "tcp_data.h"
#include "tcp_setup.h"
#include "udp.h"
#include "mapping/mapping.h"
#include "mapping/nat.h"

#define TC_ACT_UNSPEC -1 /* also TCX_NEXT */

static __always_inline void nv_tcp(struct nv_passage *passage, struct nv_flow *flow,
				   struct nv_details *details)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_flow_counters *counters = &details->direction[passage->direction & 1].counters;

	if (packet->flags & NV_TCP_RST) {
		nv_tcp_reset(passage, flow, details);
		return;
	}
	if (packet->flags & NV_TCP_SYN)
		nv_tcp_syn(passage, flow, details);
	if (packet->flags & NV_TCP_ACK)
		nv_tcp_ack(passage, flow, details);
	if (packet->flags & NV_TCP_FIN) {
		counters->fins++;
		nv_flight_note(passage, details, NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_FIN), 1);
		flow->stream[passage->direction & 1].finished = 1;
	}
	if (packet->flags & (NV_TCP_FIN | NV_TCP_RST))
		nv_request_forget(flow);
	if (packet->flags & NV_TCP_SYN)
		return;
	if (packet->payload || packet->flags & NV_TCP_FIN)
		nv_tcp_data(passage, flow, details);
	else if (nv_is_probe(packet, &flow->stream[passage->direction & 1]))
		counters->probes++;
}

static __always_inline void nv_track(struct nv_passage *passage, struct nv_flow *flow,
				     struct nv_details *details)
{
	struct nv_flow_counters *counters = &details->direction[passage->direction & 1].counters;
	struct nv_sender *sender = &flow->sender[passage->direction & 1];

	if (passage->packet.icmp_error) {
		counters->icmp_errors++;
		nv_flight_note(passage, details, NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_ICMP_ERROR), 1);
		return;
	}
	nv_count_packet(passage, sender, counters);
	if (passage->packet.protocol == IPPROTO_TCP)
		nv_tcp(passage, flow, details);
	else
		nv_udp(passage, flow, details);
	if (passage->packet.outer.encapsulation)
		nv_map_outer(passage, sender);
}

/* Under the lock of the record. */
static __always_inline void nv_follow(struct nv_passage *passage, struct nv_flow *flow,
				      struct nv_details *details)
{
	if (flow->missed)
		nv_after_missed(flow, details);
	passage->nat_due = nv_nat_is_due(passage, flow, details);
	nv_track(passage, flow, details);
	if (passage->armed)
		nv_flight_heed(passage, details);
}

/* Answers 0, or 1 when the packet has no flow. */
static __always_inline int nv_account(struct nv_passage *passage)
{
	struct nv_packet *packet = &passage->packet;
	struct nv_details *details = NULL;
	struct nv_flow *flow;

	passage->key.tap = passage->tap.id;
	passage->direction = nv_flow_key_of(&passage->key.flow, &packet->src, packet->src_port,
					    &packet->dst, packet->dst_port, packet->protocol);
	passage->armed = nv_is_armed(&passage->key.flow);
	passage->coarse_ns = nv_coarse_ns();
	passage->coarse_ms = passage->coarse_ns / 1000000 ?: 1;
	flow = nv_flow_get(passage, &details, !packet->icmp_error);
	if (!flow)
		return 1;
	if (details)
		nv_follow(passage, flow, details);
	nv_unlock(&flow->sequence);
	if (passage->armed && !packet->icmp_error)
		nv_emit_packet(passage);
	if (passage->armed || passage->suspect)
		nv_flow_hold(passage);
	return 0;
}

static __always_inline int nv_parse_flow(struct __sk_buff *skb, bool tunnels, struct nv_packet *packet)
{
	if (nv_parse_skb(skb, tunnels, packet) < 0 || packet->headless)
		return -1;
	return packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP ? 0 : -1;
}

/* False for a packet that no flow was found or made for. */
static __always_inline bool nv_observe(struct __sk_buff *skb, struct nv_passage *passage)
{
	if (nv_parse_flow(skb, passage->tap.role == NV_TAP_ROLE_UPLINK, &passage->packet) < 0)
		return false;
	if (nv_is_datagram(&passage->packet)) {
		struct nv_source source = nv_source_of_tc(skb);

		passage->packet.seq = nv_datagram_id(&source, &passage->packet);
	}
	if (nv_account(passage))
		return false;
	if (passage->nat_due)
		nv_nat_look(skb, passage);
	return true;
}

static __always_inline int nv_tap(struct __sk_buff *skb, __u8 hook)
{
	__u32 zero = 0;
	struct nv_passage *passage = bpf_map_lookup_elem(&nv_passages, &zero);
	bool observed;

	if (!passage || !nv_tap_find(skb->ifindex, &passage->tap))
		return TC_ACT_UNSPEC;
	/* The parser clears the packet, nv_account fills the key. */
	passage->now_ns = 0;
	passage->ifindex = skb->ifindex;
	passage->length = skb->len;
	passage->hook = hook;
	passage->suspect = false;
	passage->nat_due = false;
	passage->young = false;
	passage->answered = false;
	observed = nv_observe(skb, passage);
	if (observed)
		nv_application(skb, passage);
	nv_tap_count(&passage->tap, hook == NV_HOOK_INGRESS, passage->length,
		     observed ? passage->packet.segments : nv_tap_segments(skb), !observed);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int nv_tap_ingress(struct __sk_buff *skb)
{
	return nv_tap(skb, NV_HOOK_INGRESS);
}

SEC("tc")
int nv_tap_egress(struct __sk_buff *skb)
{
	return nv_tap(skb, NV_HOOK_EGRESS);
}

char LICENSE[] SEC("license") = "GPL";
