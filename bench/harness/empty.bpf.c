// SPDX-License-Identifier: GPL-2.0
/* A tap that does nothing: what is left is the cost of being called, and of the statistics' own clock. */
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

#define TC_ACT_UNSPEC -1 /* also TCX_NEXT */

SEC("tc")
int empty_ingress(struct __sk_buff *skb)
{
	return TC_ACT_UNSPEC;
}

SEC("tc")
int empty_egress(struct __sk_buff *skb)
{
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
