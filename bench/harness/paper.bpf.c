// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor as "A Case For Cross-Domain Observability to Debug Performance Issues in Microservices" describes it:
 * the time of each data segment goes into an LRU map under its flow and the ACK that it expects; that ACK takes it
 * out again, and the difference is the flow's RTT. No Karn rule: a re-send overwrites the time of the first.
 * Same parser as the monitor, and as general: both families, 40 bytes a key.
 */
#include <vmlinux.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "packet.h"

#define TC_ACT_UNSPEC -1 /* also TCX_NEXT */

/* Without holes: hash maps compare them as well. */
struct expectation {
	union nv_address src;
	union nv_address dst;
	__u16 src_port;
	__u16 dst_port;
	__u32 ack; /* 0 where it stands for the flow alone */
};
_Static_assert(sizeof(struct expectation) == 40, "size of expectation");

struct rtt {
	__u64 last_ns;
	__u64 samples;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct expectation);
	__type(value, __u64);
} expected SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct expectation);
	__type(value, struct rtt);
} rtts SEC(".maps");

static __always_inline void sent(const struct nv_packet *packet)
{
	struct expectation key = {
		.src = packet->src,
		.dst = packet->dst,
		.src_port = packet->src_port,
		.dst_port = packet->dst_port,
		.ack = packet->seq + packet->payload,
	};
	__u64 now_ns = bpf_ktime_get_ns();

	bpf_map_update_elem(&expected, &key, &now_ns, BPF_ANY);
}

static __always_inline void measured(const struct expectation *flow, __u64 rtt_ns)
{
	struct rtt *rtt = bpf_map_lookup_elem(&rtts, flow);
	struct rtt first = { .last_ns = rtt_ns, .samples = 1 };

	if (!rtt) {
		bpf_map_update_elem(&rtts, flow, &first, BPF_ANY);
		return;
	}
	rtt->last_ns = rtt_ns;
	rtt->samples++;
}

static __always_inline void acknowledged(const struct nv_packet *packet)
{
	struct expectation key = {
		.src = packet->dst,
		.dst = packet->src,
		.src_port = packet->dst_port,
		.dst_port = packet->src_port,
		.ack = packet->ack,
	};
	__u64 *sent_ns = bpf_map_lookup_elem(&expected, &key);
	__u64 rtt_ns;

	if (!sent_ns)
		return;
	rtt_ns = bpf_ktime_get_ns() - *sent_ns;
	bpf_map_delete_elem(&expected, &key);
	key.ack = 0;
	measured(&key, rtt_ns);
}

static __always_inline int tap(struct __sk_buff *skb)
{
	struct nv_packet packet;

	if (nv_parse_skb(skb, false, &packet) < 0 || packet.protocol != IPPROTO_TCP || packet.headless)
		return TC_ACT_UNSPEC;
	if (packet.payload)
		sent(&packet);
	if (packet.flags & NV_TCP_ACK)
		acknowledged(&packet);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int paper_ingress(struct __sk_buff *skb)
{
	return tap(skb);
}

SEC("tc")
int paper_egress(struct __sk_buff *skb)
{
	return tap(skb);
}

char LICENSE[] SEC("license") = "GPL";
