/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QUIC (RFC 9000, version 2: RFC 9369): what its headers leave in the clear. The handshake is timed by the kinds of
 * long headers, the round trip by the spin bit of short ones. Of a super-packet, and of packets that share a datagram,
 * only the first header is seen.
 */
#ifndef NV_QUIC_H
#define NV_QUIC_H

#include "quic_spin.h"

#define NV_QUIC_PORT 443
#define NV_QUIC_LONG 0x80
#define NV_QUIC_FIXED 0x40
#define NV_QUIC_VERSION_1 0x00000001
#define NV_QUIC_VERSION_2 0x6b3343cf
/* A client fills up its Initial (RFC 9000, 14.1); no packet is shorter than the least (10.3). */
#define NV_QUIC_INITIAL_BYTES 1200
#define NV_QUIC_LEAST_BYTES 21

enum nv_quic_type {
	NV_QUIC_INITIAL = 0,
	NV_QUIC_ZERO_RTT = 1,
	NV_QUIC_HANDSHAKE = 2,
	NV_QUIC_RETRY = 3,
	NV_QUIC_OTHER = 4, /* of a version that is not known */
};

struct nv_quic_header {
	__u8 first;
	__u8 version[4];
	__u8 destination_id_bytes;
};

static __always_inline __u32 nv_quic_offset(const struct nv_packet *packet)
{
	return packet->network_offset + packet->header_bytes;
}

static __always_inline bool nv_quic_serves(__u16 port)
{
	if (port == NV_QUIC_PORT)
		return true;
	return nv_quic_ports[port / 64 & (NV_QUIC_PORT_WORDS - 1)] >> (port & 63) & 1;
}

/* Worth a call: what every UDP packet pays for. On a port not known before only the first packets may begin one. */
static __always_inline bool nv_may_be_quic(const struct nv_passage *passage)
{
	const struct nv_packet *packet = &passage->packet;

	if (packet->protocol != IPPROTO_UDP || packet->payload < NV_QUIC_LEAST_BYTES)
		return false;
	return packet->dst_port == NV_QUIC_PORT || packet->src_port == NV_QUIC_PORT ||
	       (passage->young && packet->payload >= NV_QUIC_INITIAL_BYTES) || nv_quic_any_port;
}

/* Reads at most one byte, in place. On a port not known before, a connection begins with a full datagram. */
static __always_inline bool nv_is_quic(struct __sk_buff *skb, const struct nv_packet *packet)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;
	__u32 offset = nv_quic_offset(packet) & 0x3ff;

	if (nv_quic_serves(packet->dst_port) || nv_quic_serves(packet->src_port))
		return true;
	if (packet->payload < NV_QUIC_INITIAL_BYTES || data + offset + 1 > end)
		return false;
	return (data[offset] & (NV_QUIC_LONG | NV_QUIC_FIXED)) == (NV_QUIC_LONG | NV_QUIC_FIXED);
}

static __always_inline __u32 nv_quic_version(const struct nv_quic_header *header)
{
	return (__u32)header->version[0] << 24 | header->version[1] << 16 |
	       header->version[2] << 8 | header->version[3];
}

/* Version 2 numbers the types anew, so that nobody comes to rely on them. */
static __always_inline enum nv_quic_type nv_quic_type(const struct nv_quic_header *header)
{
	__u32 version = nv_quic_version(header), type = header->first >> 4 & 3;

	if (version == NV_QUIC_VERSION_1)
		return type;
	return version == NV_QUIC_VERSION_2 ? (type + 3) & 3 : NV_QUIC_OTHER;
}

static __always_inline bool nv_quic_begins(const struct nv_quic_header *header,
					   const struct nv_packet *packet)
{
	if (!(header->first & NV_QUIC_FIXED))
		return false;
	if (header->first & NV_QUIC_LONG && nv_quic_type(header) != NV_QUIC_OTHER)
		return nv_quic_type(header) == NV_QUIC_INITIAL &&
		       packet->payload >= NV_QUIC_INITIAL_BYTES &&
		       header->destination_id_bytes <= NV_QUIC_ID_BYTES;
	/* The middle of a connection, or another version. */
	return packet->dst_port == NV_QUIC_PORT || packet->src_port == NV_QUIC_PORT;
}

/* The sender of the first packet is the client, unless it has the port of a server. */
static __always_inline struct nv_quic *nv_quic_create(struct nv_passage *passage)
{
	const struct nv_packet *packet = &passage->packet;
	bool answers = packet->src_port == NV_QUIC_PORT && packet->dst_port != NV_QUIC_PORT;
	__u16 port = answers ? packet->src_port : packet->dst_port;
	struct nv_quic *quic, *empty;
	__u32 zero = 0;

	empty = bpf_map_lookup_elem(&nv_new_quic, &zero);
	if (empty)
		bpf_map_update_elem(&nv_quic, &passage->key, empty, BPF_NOEXIST);
	quic = bpf_map_lookup_elem(&nv_quic, &passage->key);
	if (!quic) {
		nv_lost(NV_LOSS_QUIC_FULL, 1);
		return NULL;
	}
	quic->client = answers ? !(passage->direction & 1) : passage->direction & 1;
	quic->connection.first_seen_ns = passage->coarse_ns;
	if (port != NV_QUIC_PORT) {
		__sync_fetch_and_or(&nv_quic_ports[port / 64 & (NV_QUIC_PORT_WORDS - 1)],
				    1ULL << (port & 63));
		nv_quic_any_port = 1;
	}
	return quic;
}

/* Ids of the first Initial of the client; it is full, so that both may be read at their greatest length. */
static __always_inline void nv_quic_name(struct __sk_buff *skb, const struct nv_packet *packet,
					 __u32 destination_id_bytes, struct nv_quic *quic)
{
	__u32 offset = nv_quic_offset(packet) + sizeof(struct nv_quic_header);
	__u8 source_id_bytes;

	if (destination_id_bytes > NV_QUIC_ID_BYTES ||
	    bpf_skb_load_bytes(skb, offset, quic->destination_id, NV_QUIC_ID_BYTES) < 0)
		return;
	offset += destination_id_bytes;
	if (bpf_skb_load_bytes(skb, offset, &source_id_bytes, 1) < 0 ||
	    source_id_bytes > NV_QUIC_ID_BYTES ||
	    bpf_skb_load_bytes(skb, offset + 1, quic->source_id, NV_QUIC_ID_BYTES) < 0)
		return;
	quic->destination_id_bytes = destination_id_bytes;
	quic->source_id_bytes = source_id_bytes;
}

static __always_inline void nv_quic_client_initial(struct __sk_buff *skb,
						   struct nv_passage *passage,
						   const struct nv_quic_header *header,
						   struct nv_quic *quic)
{
	struct nv_quic_connection *connection = &quic->connection;

	connection->client_initials++;
	if (connection->initial_ns || connection->server_ns ||
	    passage->packet.payload < NV_QUIC_INITIAL_BYTES)
		return;
	connection->initial_ns = nv_now(passage);
	nv_quic_name(skb, &passage->packet, header->destination_id_bytes, quic);
}

static __always_inline void nv_quic_long(struct __sk_buff *skb, struct nv_passage *passage,
					 const struct nv_quic_header *header, struct nv_quic *quic)
{
	struct nv_quic_connection *connection = &quic->connection;
	bool client = (passage->direction & 1) == quic->client;
	enum nv_quic_type type = nv_quic_type(header);
	__u32 version = nv_quic_version(header);

	if (!version) {
		connection->version_negotiations += !client;
		return;
	}
	connection->version = version;
	if (client && type == NV_QUIC_INITIAL)
		nv_quic_client_initial(skb, passage, header, quic);
	else if (!client && type == NV_QUIC_RETRY)
		connection->retries++;
	else if (!client && (type == NV_QUIC_INITIAL || type == NV_QUIC_HANDSHAKE) &&
		 connection->initial_ns && !connection->server_ns)
		connection->server_ns = nv_now(passage) - connection->initial_ns;
}

static __always_inline void nv_quic_short(struct nv_passage *passage,
					  const struct nv_quic_header *header, struct nv_quic *quic)
{
	struct nv_quic_connection *connection = &quic->connection;
	bool client = (passage->direction & 1) == quic->client;

	if (client && connection->server_ns && !connection->established_ns)
		connection->established_ns = nv_now(passage) - connection->initial_ns;
	nv_quic_spin(passage, client, header->first & NV_QUIC_SPIN ? 1 : 0, quic);
}

NV_GLOBAL nv_quic_packet(struct __sk_buff *skb, struct nv_passage *passage)
{
	struct nv_quic_header header;
	struct nv_quic *quic;

	if (!passage || !nv_is_quic(skb, &passage->packet))
		return 0;
	if (bpf_skb_load_bytes(skb, nv_quic_offset(&passage->packet), &header,
			       sizeof(header)) < 0)
		return 0;
	quic = bpf_map_lookup_elem(&nv_quic, &passage->key);
	if (!quic && nv_quic_begins(&header, &passage->packet))
		quic = nv_quic_create(passage);
	if (!quic)
		return 0;
	/* Two ends that know each other may fill in the fixed bit at random (RFC 9287), the server's first packet on. */
	if (!(header.first & NV_QUIC_FIXED) && !quic->connection.version)
		return 0;
	quic->connection.last_seen_ns = passage->coarse_ns;
	if (header.first & NV_QUIC_LONG)
		nv_quic_long(skb, passage, &header, quic);
	else
		nv_quic_short(passage, &header, quic);
	return 0;
}

#endif
