/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What a datagram is known by at every tap and probe, in place of the sequence number that UDP has not: a hash of its
 * length, its IP ID and its first bytes, which routers and address translation leave alone. Datagrams that look alike
 * are told apart by nothing; who joins places by it leaves those out. Of a super-packet it is that of the first.
 */
#ifndef NV_DATAGRAM_H
#define NV_DATAGRAM_H

#include "packet.h"

/* A QUIC header up to its packet number, a whole RTP header, a DNS header. */
#define NV_DATAGRAM_WORDS 4

static __always_inline __u32 nv_datagram_id(const struct nv_source *source, const struct nv_packet *packet)
{
	__u32 words[NV_DATAGRAM_WORDS] = {};
	__u32 hash = (packet->payload ^ (__u32)packet->ip_id << 16) * 0x9e3779b1u;

	if (packet->payload >= sizeof(words))
		nv_load(source, packet->payload_offset, words, sizeof(words));
	else if (packet->payload >= sizeof(words[0]))
		nv_load(source, packet->payload_offset, words, sizeof(words[0]));
	for (int i = 0; i < NV_DATAGRAM_WORDS; i++) {
		hash = (hash ^ words[i]) * 0x85ebca6bu;
		hash ^= hash >> 15;
	}
	return hash;
}

static __always_inline bool nv_is_datagram(const struct nv_packet *packet)
{
	return packet->protocol == IPPROTO_UDP && packet->payload && !packet->icmp_error;
}

#endif
