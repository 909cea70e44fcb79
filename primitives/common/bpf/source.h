/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Where packet bytes come from: the context of a TC program, or skb->head in a tracing program. `tracing` is a
 * constant wherever a source is made, so that each program keeps one of the two loads. Offsets count from the
 * MAC header in TC and from skb->head in tracing.
 */
#ifndef NV_SOURCE_H
#define NV_SOURCE_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct nv_source {
	bool tracing;
	struct __sk_buff *skb; /* TC */
	const unsigned char *head; /* tracing */
	__u32 linear_end; /* tracing: what lies behind it is no part of the packet */
	__u32 end; /* offset after the last byte of the packet */
	__u32 gso_size;
	__u32 gso_segs;
};

static __always_inline int nv_load(const struct nv_source *source, __u32 offset, void *to, __u32 length)
{
	if (source->tracing && offset + length > source->linear_end)
		return -1;
	if (source->tracing)
		return bpf_probe_read_kernel(to, length, source->head + offset);
	return bpf_skb_load_bytes(source->skb, offset, to, length);
}

static __always_inline struct nv_source nv_source_of_tc(struct __sk_buff *skb)
{
	return (struct nv_source){
		.tracing = false,
		.skb = skb,
		.end = skb->len,
		.gso_size = skb->gso_size,
		.gso_segs = skb->gso_segs,
	};
}

static __always_inline struct nv_source nv_source_of_sk_buff(const struct sk_buff *skb)
{
	const unsigned char *head = BPF_CORE_READ(skb, head);
	const struct skb_shared_info *shared = (const void *)(head + BPF_CORE_READ(skb, end));

	__u32 end = (__u32)(BPF_CORE_READ(skb, data) - head) + BPF_CORE_READ(skb, len);

	return (struct nv_source){
		.tracing = true,
		.head = head,
		.linear_end = end - BPF_CORE_READ(skb, data_len),
		.end = end,
		.gso_size = BPF_CORE_READ(shared, gso_size),
		.gso_segs = BPF_CORE_READ(shared, gso_segs),
	};
}

#endif
