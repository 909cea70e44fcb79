/* SPDX-License-Identifier: GPL-2.0 */
/* Queries that wait for their answers, and the ring in which finished exchanges leave. Part of dns.h. */
#ifndef NV_DNS_PENDING_H
#define NV_DNS_PENDING_H

#include "../flow.h"

#define NV_DNS_PORT 53
#define NV_MAX_DNS_PENDING 8192
#define NV_DNS_NAME_BYTES 96 /* kept of a name, as on the wire */
#define NV_DNS_MAX_NAME 255 /* RFC 1035, 2.3.4 */
#define NV_DNS_MAX_LABEL 63
#define NV_DNS_TYPE_AND_CLASS 4
#define NV_DNS_MAX_QUESTION (NV_DNS_MAX_NAME + NV_DNS_TYPE_AND_CLASS)

/* Records of a CPU in a window of the budget; the reserve is for exchanges that went wrong. */
#define NV_DNS_BUDGET 250
#define NV_DNS_RESERVE 50
#define NV_DNS_SLOW_NS 100000000ULL
/* Search lists make it the most common answer of all. */
#define NV_DNS_NO_SUCH_NAME 3

/* Names tell what a user does: whoever runs the agent may leave them out. */
const volatile bool nv_dns_names = true;

/* Not by the client's port: resolvers ask again from another one. */
struct nv_dns_key {
	union nv_address client;
	union nv_address server;
	__u32 tap;
	__u16 id;
	__u16 client_port; /* 0; set when another question with the same id waits already */
	__u8 protocol;
	__u8 pad[7];
};

/* Also the record of the ring. */
struct nv_dns_pending {
	struct nv_dns_exchange exchange;
	__u64 last_query_ns;
	__u32 question; /* hash of name and type */
	__u32 seq; /* TCP */
	__u8 name[NV_DNS_NAME_BYTES]; /* as on the wire; what follows its end is left over */
};

struct nv_dns_header {
	__be16 id;
	__u8 flags;
	__u8 more_flags;
	__be16 questions;
	__be16 answers;
	__be16 authorities;
	__be16 additionals;
};

struct nv_dns_message {
	__u32 offset; /* in the packet */
	__u32 bytes; /* in this packet */
	__u32 length; /* of the whole message */
	__u32 question; /* hash of name and type, see nv_dns_pending */
	__u16 id;
	__u16 type;
	__u16 answers;
	__u8 rcode;
	__u8 answer;
	__u8 truncated;
};

/* Too large for the stack. TC programs run with softirqs off, so that none interrupts another on its CPU. */
struct nv_dns_scratch {
	struct nv_dns_pending pending;
	__u8 question[NV_DNS_MAX_QUESTION + 1];
};

enum { NV_DNS_BEGUN = 0, NV_DNS_ENDED = 1, NV_DNS_COUNTS = 2 };

/* Layout for user space, read through BTF before the load. */
const volatile __u32 nv_dns_pending_bytes = sizeof(struct nv_dns_pending);
const volatile __u32 nv_dns_last_query_offset =
	__builtin_offsetof(struct nv_dns_pending, last_query_ns);
const volatile __u32 nv_dns_name_offset = __builtin_offsetof(struct nv_dns_pending, name);

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_MAX_DNS_PENDING);
	__type(key, struct nv_dns_key);
	__type(value, struct nv_dns_pending);
} nv_dns_pending SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} dns_exchanges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nv_dns_scratch);
} nv_dns_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nv_budget);
} nv_dns_budget SEC(".maps");

/* Entries made and answered: what is missing between them and the map was evicted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NV_DNS_COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} nv_dns_counts SEC(".maps");

static __always_inline void nv_dns_count(__u32 what)
{
	__u64 *count = bpf_map_lookup_elem(&nv_dns_counts, &what);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/* FNV-1a. Letters count alike in either case: resolvers mix cases against forgery and must be answered in kind. */
static __always_inline __u32 nv_hash_byte(__u32 hash, __u8 byte)
{
	return (hash ^ (byte | 0x20)) * 0x01000193;
}

/*
 * Reads the question behind the header of `message`. A name there is whole: nothing stands before it that it could
 * point to. Answers -1 for what is no question.
 */
NV_GLOBAL nv_dns_read_question(struct __sk_buff *skb, struct nv_dns_message *message,
			       struct nv_dns_scratch *scratch)
{
	__u32 hash = 0x811c9dc5, end = 0, left = 0, length;
	bool ended = false;
	__u8 *question;

	if (!message || !scratch ||
	    message->bytes < sizeof(struct nv_dns_header) + 1 + NV_DNS_TYPE_AND_CLASS)
		return -1;
	question = scratch->question;
	length = message->bytes - sizeof(struct nv_dns_header);
	if (length > NV_DNS_MAX_QUESTION)
		length = NV_DNS_MAX_QUESTION;
	if (bpf_skb_load_bytes(skb, message->offset + sizeof(struct nv_dns_header), question,
			       length) < 0)
		return -1;
	for (__u32 i = 0; i < NV_DNS_MAX_NAME; i++) {
		__u8 byte = question[i];

		if (i + NV_DNS_TYPE_AND_CLASS >= length)
			return -1;
		if (left) {
			left--;
		} else if (!byte) {
			end = i;
			ended = true;
			break;
		} else if (byte > NV_DNS_MAX_LABEL) {
			return -1;
		} else {
			left = byte;
		}
		hash = nv_hash_byte(hash, byte);
	}
	if (!ended || end >= NV_DNS_MAX_NAME)
		return -1;
	message->type = question[end + 1] << 8 | question[end + 2];
	hash = (hash ^ message->type) * 0x01000193;
	message->question = hash ? hash : 1;
	return 0;
}

/* Repeated, slow or failed: such exchanges may use the reserve of the budget. */
static __always_inline bool nv_dns_went_wrong(const struct nv_dns_exchange *exchange)
{
	bool failed = exchange->rcode && exchange->rcode != NV_DNS_NO_SUCH_NAME;

	return exchange->state != NV_DNS_STATE_ANSWERED || exchange->repeats || failed ||
	       exchange->wait_ns > NV_DNS_SLOW_NS;
}

static __always_inline void nv_dns_emit(struct nv_passage *passage, struct nv_dns_pending *pending)
{
	__u32 zero = 0, reserve = nv_dns_went_wrong(&pending->exchange) ? 0 : NV_DNS_RESERVE;
	struct nv_budget *budget = bpf_map_lookup_elem(&nv_dns_budget, &zero);

	if (!budget || !nv_spend_above(budget, NV_DNS_BUDGET, reserve, nv_now(passage)))
		nv_lost(NV_LOSS_DNS_BUDGET, 1);
	else if (bpf_ringbuf_output(&dns_exchanges, pending, sizeof(*pending),
				    nv_wake_up(false)) < 0)
		nv_lost(NV_LOSS_DNS_FULL, 1);
}

#endif
