/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DNS over UDP and TCP port 53 (RFC 1035): a query waits in a map, and leaves as one record when its answer passes.
 * What is never answered is found by the sweep. Of a TCP segment only the first message is read.
 */
#ifndef NV_DNS_H
#define NV_DNS_H

#include "dns_pending.h"

#define NV_DNS_ANSWER 0x80 /* QR, in the first byte of the flags */
#define NV_DNS_OPCODE 0x78
#define NV_DNS_TRUNCATED 0x02
#define NV_DNS_RCODE 0x0f /* in the second */
#define NV_DNS_NO_QUESTION 0 /* no hash of a question is 0 */

static __always_inline bool nv_is_dns(const struct nv_packet *packet)
{
	return packet->dst_port == NV_DNS_PORT || packet->src_port == NV_DNS_PORT;
}

/* Offset of the message in the packet and its length as far as this packet has it; -1 if there is none. */
static __always_inline int nv_dns_find(struct __sk_buff *skb, const struct nv_packet *packet,
				       struct nv_dns_message *message)
{
	__u32 ip_header = packet->transport_offset - packet->network_offset;
	__be16 length;

	message->offset = packet->network_offset + packet->header_bytes;
	message->bytes = packet->payload;
	if (packet->header_bytes <= ip_header)
		return -1;
	if (packet->protocol == IPPROTO_TCP) {
		if (message->bytes < sizeof(length) ||
		    bpf_skb_load_bytes(skb, message->offset, &length, sizeof(length)) < 0)
			return -1;
		message->offset += sizeof(length);
		message->bytes -= sizeof(length);
		message->length = bpf_ntohs(length);
		if (message->length < message->bytes)
			message->bytes = message->length;
	} else {
		message->length = message->bytes;
	}
	return message->bytes < sizeof(struct nv_dns_header) ? -1 : 0;
}

/*
 * Only what has the form of a query or of an answer: one question, or none in an answer (servers that could not
 * read the query say so without it).
 */
static __always_inline int nv_dns_read(struct __sk_buff *skb, const struct nv_packet *packet,
				       struct nv_dns_message *message,
				       struct nv_dns_scratch *scratch)
{
	struct nv_dns_header header;
	__u16 questions;

	if (nv_dns_find(skb, packet, message) < 0 ||
	    bpf_skb_load_bytes(skb, message->offset, &header, sizeof(header)) < 0)
		return -1;
	message->id = bpf_ntohs(header.id);
	message->answer = header.flags & NV_DNS_ANSWER ? 1 : 0;
	message->truncated = header.flags & NV_DNS_TRUNCATED ? 1 : 0;
	message->rcode = header.more_flags & NV_DNS_RCODE;
	message->answers = bpf_ntohs(header.answers);
	questions = bpf_ntohs(header.questions);
	if (header.flags & NV_DNS_OPCODE || questions > 1)
		return -1;
	if ((message->answer ? packet->src_port : packet->dst_port) != NV_DNS_PORT)
		return -1;
	if (!message->answer && (questions != 1 || header.answers || header.authorities ||
				 message->bytes < message->length))
		return -1;
	if (!questions)
		return 0;
	return nv_dns_read_question(skb, message, scratch);
}

static __always_inline void nv_dns_key_of(struct nv_dns_key *key, const struct nv_passage *passage,
					  bool answer, __u16 id)
{
	const struct nv_packet *packet = &passage->packet;

	__builtin_memset(key, 0, sizeof(*key));
	key->client = answer ? packet->dst : packet->src;
	key->server = answer ? packet->src : packet->dst;
	key->tap = passage->key.tap;
	key->id = id;
	key->protocol = packet->protocol;
}

static __always_inline void nv_dns_begin(struct nv_passage *passage, const struct nv_dns_key *key,
					 const struct nv_dns_message *message,
					 struct nv_dns_scratch *scratch)
{
	struct nv_dns_pending *pending = &scratch->pending;
	struct nv_dns_exchange *exchange = &pending->exchange;
	const struct nv_packet *packet = &passage->packet;

	__builtin_memset(pending, 0, sizeof(*pending));
	pending->last_query_ns = nv_now(passage);
	pending->question = message->question;
	pending->seq = packet->seq;
	exchange->query_ns = pending->last_query_ns;
	exchange->tap_role = passage->tap.role;
	exchange->ifindex = passage->tap.id;
	__builtin_memcpy(exchange->src, &packet->src, sizeof(exchange->src));
	__builtin_memcpy(exchange->dst, &packet->dst, sizeof(exchange->dst));
	exchange->src_port = packet->src_port;
	exchange->dst_port = packet->dst_port;
	exchange->protocol = packet->protocol;
	exchange->state = NV_DNS_STATE_WAITING;
	exchange->transaction_id = message->id;
	exchange->query_type = message->type;
	if (nv_dns_names)
		__builtin_memcpy(pending->name, scratch->question, sizeof(pending->name));
	if (bpf_map_update_elem(&nv_dns_pending, key, pending, BPF_ANY) < 0)
		nv_lost(NV_LOSS_DNS_PENDING_FULL, 1);
	else
		nv_dns_count(NV_DNS_BEGUN);
}

/* The same id with another question is another query: it is kept by its port as well. */
static __always_inline void nv_dns_asked(struct nv_passage *passage,
					 const struct nv_dns_message *message,
					 struct nv_dns_scratch *scratch)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_dns_pending *pending;
	struct nv_dns_key key;

	nv_dns_key_of(&key, passage, false, message->id);
	pending = bpf_map_lookup_elem(&nv_dns_pending, &key);
	if (pending && pending->question != message->question) {
		key.client_port = packet->src_port;
		pending = bpf_map_lookup_elem(&nv_dns_pending, &key);
	}
	if (!pending || pending->question != message->question) {
		nv_dns_begin(passage, &key, message, scratch);
		return;
	}
	/* TCP sends a segment again: nobody has asked twice. */
	if (packet->protocol == IPPROTO_TCP && pending->seq == packet->seq)
		return;
	pending->exchange.repeats++;
	pending->exchange.src_port = packet->src_port;
	pending->last_query_ns = nv_now(passage);
}

/* An answer without a question is known by its port. */
static __always_inline bool nv_dns_is_answer(const struct nv_dns_pending *pending,
					     const struct nv_dns_message *message, __u16 port)
{
	if (message->question == NV_DNS_NO_QUESTION)
		return pending->exchange.src_port == port;
	return pending->question == message->question;
}

static __always_inline void nv_dns_end(struct nv_passage *passage, struct nv_dns_key *key,
				       const struct nv_dns_message *message, __u16 port)
{
	struct nv_dns_pending *pending = bpf_map_lookup_elem(&nv_dns_pending, key);
	struct nv_dns_exchange *exchange;

	if (!pending || !nv_dns_is_answer(pending, message, port)) {
		key->client_port = port;
		pending = bpf_map_lookup_elem(&nv_dns_pending, key);
	}
	if (!pending || !nv_dns_is_answer(pending, message, port))
		return;
	exchange = &pending->exchange;
	exchange->wait_ns = nv_now(passage) - exchange->query_ns;
	if (message->answer) {
		exchange->state = NV_DNS_STATE_ANSWERED;
		exchange->answer_ns = nv_now(passage) - pending->last_query_ns;
		exchange->rcode = message->rcode;
		exchange->truncated = message->truncated;
		exchange->answer_records = message->answers;
		exchange->answer_bytes = message->length;
	} else {
		exchange->state = NV_DNS_STATE_UNREACHABLE;
	}
	nv_dns_emit(passage, pending);
	if (bpf_map_delete_elem(&nv_dns_pending, key) == 0)
		nv_dns_count(NV_DNS_ENDED);
}

/* The quote of an ICMP error that holds no more than the UDP header names no query. */
static __always_inline void nv_dns_undelivered(struct __sk_buff *skb, struct nv_passage *passage)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_dns_message message = {};
	struct nv_dns_key key;
	__be16 id;

	if (packet->protocol != IPPROTO_UDP || packet->dst_port != NV_DNS_PORT)
		return;
	if (bpf_skb_load_bytes(skb, packet->transport_offset + sizeof(struct udphdr), &id,
			       sizeof(id)) < 0)
		return;
	nv_dns_key_of(&key, passage, false, bpf_ntohs(id));
	nv_dns_end(passage, &key, &message, packet->src_port);
}

NV_GLOBAL nv_dns(struct __sk_buff *skb, struct nv_passage *passage)
{
	struct nv_dns_message message = {};
	struct nv_dns_scratch *scratch;
	struct nv_dns_key key;
	__u32 zero = 0;

	if (!passage)
		return 0;
	if (passage->packet.icmp_error) {
		nv_dns_undelivered(skb, passage);
		return 0;
	}
	scratch = bpf_map_lookup_elem(&nv_dns_scratch, &zero);
	if (!scratch || nv_dns_read(skb, &passage->packet, &message, scratch) < 0)
		return 0;
	if (message.answer) {
		nv_dns_key_of(&key, passage, true, message.id);
		nv_dns_end(passage, &key, &message, passage->packet.dst_port);
	} else {
		nv_dns_asked(passage, &message, scratch);
	}
	return 0;
}

#endif
