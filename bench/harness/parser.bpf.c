// SPDX-License-Identifier: GPL-2.0
/*
 * The parser alone, which both designs share. Whoever touches a packet first at a hook also pays for fetching its
 * header from the processor that wrote it; the stack would pay that a moment later.
 */
#include <vmlinux.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "packet.h"

#define TC_ACT_UNSPEC -1 /* also TCX_NEXT */

/* Read by nobody: it keeps the parser from being left out as dead code. */
__u32 last_seq;

static __always_inline int tap(struct __sk_buff *skb)
{
	struct nv_packet packet;

	if (nv_parse_skb(skb, true, &packet) == 0)
		last_seq = packet.seq + packet.ack + packet.payload;
	return TC_ACT_UNSPEC;
}

SEC("tc")
int parser_ingress(struct __sk_buff *skb)
{
	return tap(skb);
}

SEC("tc")
int parser_egress(struct __sk_buff *skb)
{
	return tap(skb);
}

char LICENSE[] SEC("license") = "GPL";
