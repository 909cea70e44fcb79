/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What network address translation made of a pod's flow: both tuples of its conntrack entry, so that a service
 * address at the pod's tap meets its backend at the uplink. Part of the monitor's program, like mapping.h.
 */
#ifndef NV_NAT_H
#define NV_NAT_H

#include "monitor/flow.h"

#define NV_MAX_NAT_BINDINGS 16384
/* Entries of UDP expire between questions, and the next may get another backend. */
#define NV_NAT_LOOK_AGAIN_MS 10000

/* As long as NF_BPF_CT_OPTS_SZ was before Linux 6.10; later kernels take this length too. */
struct nv_ct_opts {
	__s32 netns_id;
	__s32 error;
	__u8 l4proto;
	__u8 dir;
	__u8 reserved[2];
};

/* Conntrack may be a module, whose types the kernel's own BTF lacks: these are found in either when loaded. */
struct nf_conntrack_tuple___nv {
	struct {
		union {
			__u32 all[4];
		} u3;
		union {
			__be16 all;
		} u;
	} src;
	struct {
		union {
			__u32 all[4];
		} u3;
		union {
			__be16 all;
		} u;
	} dst;
} __attribute__((preserve_access_index));

struct nf_conntrack_tuple_hash___nv {
	struct nf_conntrack_tuple___nv tuple;
} __attribute__((preserve_access_index));

struct nf_conn___nv {
	struct nf_conntrack_tuple_hash___nv tuplehash[2];
} __attribute__((preserve_access_index));

struct sk_buff___nv {
	unsigned long _nfct;
} __attribute__((preserve_access_index));
/* The lowest bits of _nfct tell the packet's place in its connection. */
#define NV_NFCT_PTRMASK ~7ul

/* Linux 5.18. Weak, and called only where user space found them: elsewhere the verifier drops the call as dead. */
struct nf_conn;
extern struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *skb, struct bpf_sock_tuple *tuple,
					 __u32 tuple_size, struct nv_ct_opts *opts,
					 __u32 opts_size) __ksym __weak;
extern void bpf_ct_release(struct nf_conn *ct) __ksym __weak;

const volatile bool nv_conntrack = false;

/* By the flow as the pod sees it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_MAX_NAT_BINDINGS);
	__type(key, struct nv_flow_key);
	__type(value, struct nv_nat_binding);
} nv_nat SEC(".maps");

/*
 * Whether this packet of the flow pays for a look-up (140 to 450 ns): the first of each direction, and one in ten
 * seconds. The entry exists from the first packet's way through the host on: the answer to it, or its repeat, finds it.
 */
static __always_inline bool nv_nat_is_due(const struct nv_passage *passage, struct nv_flow *flow,
					  const struct nv_details *details)
{
	struct nv_sender *mine = &flow->sender[passage->direction & 1];
	struct nv_sender *other = &flow->sender[!(passage->direction & 1)];
	__u8 flags = passage->packet.flags;
	__u32 now_ms = nv_coarse_ms(passage);

	if (!nv_conntrack || passage->tap.role != NV_TAP_ROLE_POD || passage->packet.icmp_error)
		return false;
	/* The entry that a first SYN could find is an older connection's. Its repeats are asked for like other packets. */
	if (flags & NV_TCP_SYN && !(flags & NV_TCP_ACK) && passage->packet.seq != details->direction[passage->direction & 1].initial_seq) {
		mine->nat_ms = 0;
		other->nat_ms = 0;
		return false;
	}
	if (mine->nat_ms && now_ms - mine->nat_ms < NV_NAT_LOOK_AGAIN_MS)
		return false;
	mine->nat_ms = now_ms;
	return true;
}

static __always_inline bool nv_is_v4(const union nv_address *address)
{
	return address->halves[0] == 0 && address->words[2] == bpf_htonl(0xffff);
}

/*
 * Asked with the pod as source, whichever way the packet goes: for a client that is the original tuple (translation
 * of the answer is done before the pod's tap), for a server the reply.
 */
static __always_inline struct nf_conn *nv_ct_find(struct __sk_buff *skb, const struct nv_packet *packet,
						  bool from_pod)
{
	struct nv_ct_opts opts = { .netns_id = -1, .l4proto = packet->protocol };
	const union nv_address *pod = from_pod ? &packet->src : &packet->dst;
	const union nv_address *peer = from_pod ? &packet->dst : &packet->src;
	__be16 pod_port = bpf_htons(from_pod ? packet->src_port : packet->dst_port);
	__be16 peer_port = bpf_htons(from_pod ? packet->dst_port : packet->src_port);
	struct bpf_sock_tuple tuple = {};

	if (nv_is_v4(&packet->src)) {
		tuple.ipv4.saddr = pod->words[3];
		tuple.ipv4.daddr = peer->words[3];
		tuple.ipv4.sport = pod_port;
		tuple.ipv4.dport = peer_port;
		return bpf_skb_ct_lookup(skb, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	}
	__builtin_memcpy(tuple.ipv6.saddr, pod, sizeof(tuple.ipv6.saddr));
	__builtin_memcpy(tuple.ipv6.daddr, peer, sizeof(tuple.ipv6.daddr));
	tuple.ipv6.sport = pod_port;
	tuple.ipv6.dport = peer_port;
	return bpf_skb_ct_lookup(skb, &tuple, sizeof(tuple.ipv6), &opts, sizeof(opts));
}

static __always_inline void nv_ct_address(__u8 *to, const __u32 *from, bool v4)
{
	union nv_address address;

	if (v4)
		nv_address_v4(&address, from[0]);
	else
		__builtin_memcpy(&address, from, sizeof(address));
	__builtin_memcpy(to, &address, sizeof(address));
}

static __always_inline void nv_ct_read(struct nf_conn *ct, bool v4, struct nv_nat_binding *binding)
{
	const struct nf_conn___nv *conn = (const void *)ct;
	const struct nf_conntrack_tuple___nv *original = &conn->tuplehash[0].tuple;
	const struct nf_conntrack_tuple___nv *reply = &conn->tuplehash[1].tuple;
	__u32 words[4];

	BPF_CORE_READ_INTO(&words, original, src.u3.all);
	nv_ct_address(binding->src, words, v4);
	BPF_CORE_READ_INTO(&words, original, dst.u3.all);
	nv_ct_address(binding->dst, words, v4);
	BPF_CORE_READ_INTO(&words, reply, src.u3.all);
	nv_ct_address(binding->reply_src, words, v4);
	BPF_CORE_READ_INTO(&words, reply, dst.u3.all);
	nv_ct_address(binding->reply_dst, words, v4);
	binding->src_port = bpf_ntohs(BPF_CORE_READ(original, src.u.all));
	binding->dst_port = bpf_ntohs(BPF_CORE_READ(original, dst.u.all));
	binding->reply_src_port = bpf_ntohs(BPF_CORE_READ(reply, src.u.all));
	binding->reply_dst_port = bpf_ntohs(BPF_CORE_READ(reply, dst.u.all));
}

static __always_inline __u8 nv_nat_kind(const struct nv_nat_binding *binding)
{
	bool dnat = __builtin_memcmp(binding->dst, binding->reply_src, 16) ||
		    binding->dst_port != binding->reply_src_port;
	bool snat = __builtin_memcmp(binding->src, binding->reply_dst, 16) ||
		    binding->src_port != binding->reply_dst_port;

	return dnat ? (snat ? NV_NAT_KIND_BOTH : NV_NAT_KIND_DNAT) :
		      (snat ? NV_NAT_KIND_SNAT : NV_NAT_KIND_NONE);
}

/*
 * A packet on its way to the pod carries its entry, even one that ended it: a refused connection has none to be found
 * any more. One from the pod has not been to conntrack yet. Answers false when there is no entry.
 */
static __always_inline bool nv_ct_tuples(struct __sk_buff *skb, const struct nv_passage *passage,
					 struct nv_nat_binding *binding)
{
	const struct nv_packet *packet = &passage->packet;
	bool v4 = nv_is_v4(&packet->src);
	bool from_pod = passage->hook == NV_HOOK_INGRESS;
	unsigned long carried = from_pod ? 0 : BPF_CORE_READ((struct sk_buff___nv *)skb, _nfct);
	struct nf_conn *ct;

	if (carried & NV_NFCT_PTRMASK) {
		nv_ct_read((void *)(carried & NV_NFCT_PTRMASK), v4, binding);
		return true;
	}
	ct = nv_ct_find(skb, packet, from_pod);
	if (!ct)
		return false;
	nv_ct_read(ct, v4, binding);
	bpf_ct_release(ct);
	return true;
}

/* Rare: may cost. */
NV_SUBPROGRAM nv_nat_look(struct __sk_buff *skb, const struct nv_passage *passage)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_nat_binding binding = {}, *known;

	if (!nv_conntrack || !nv_ct_tuples(skb, passage, &binding))
		return 0;
	binding.kind = nv_nat_kind(&binding);
	if (binding.kind == NV_NAT_KIND_NONE)
		return 0;
	binding.protocol = packet->protocol;
	binding.last_seen_ns = passage->coarse_ns;
	binding.first_seen_ns = passage->coarse_ns;
	known = bpf_map_lookup_elem(&nv_nat, &passage->key.flow);
	if (known && !__builtin_memcmp(known->reply_src, binding.reply_src, 16) &&
	    known->reply_src_port == binding.reply_src_port &&
	    !__builtin_memcmp(known->reply_dst, binding.reply_dst, 16) &&
	    known->reply_dst_port == binding.reply_dst_port)
		binding.first_seen_ns = known->first_seen_ns;
	if (bpf_map_update_elem(&nv_nat, &passage->key.flow, &binding, BPF_ANY))
		nv_lost(NV_LOSS_MAPPINGS_FULL, 1);
	return 0;
}

#endif
