// SPDX-License-Identifier: GPL-2.0
/*
 * Host-INT's way: the kernel decides nothing. A record of every TCP packet goes through a ring buffer to user space
 * (int-reader.c), which is woken as the ring buffer does by default.
 */
#include <vmlinux.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "host_int.h"
#include "packet.h"

#define TC_ACT_UNSPEC -1 /* also TCX_NEXT */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} records SEC(".maps");

__u64 lost;

static __always_inline int tap(struct __sk_buff *skb)
{
	struct host_int_record *record;
	struct nv_packet packet;

	if (nv_parse_skb(skb, false, &packet) < 0 || packet.protocol != IPPROTO_TCP || packet.headless)
		return TC_ACT_UNSPEC;
	record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	if (!record) {
		__sync_fetch_and_add(&lost, 1);
		return TC_ACT_UNSPEC;
	}
	*record = (struct host_int_record){
		.time_ns = bpf_ktime_get_ns(),
		.flow.src = { packet.src.halves[0], packet.src.halves[1] },
		.flow.dst = { packet.dst.halves[0], packet.dst.halves[1] },
		.flow.src_port = packet.src_port,
		.flow.dst_port = packet.dst_port,
		.seq = packet.seq,
		.ack = packet.ack,
		.payload = packet.payload,
		.flags = packet.flags,
	};
	bpf_ringbuf_submit(record, 0);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int host_int_ingress(struct __sk_buff *skb)
{
	return tap(skb);
}

SEC("tc")
int host_int_egress(struct __sk_buff *skb)
{
	return tap(skb);
}

char LICENSE[] SEC("license") = "GPL";
