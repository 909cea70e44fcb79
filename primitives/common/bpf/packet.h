/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One parser for TC programs and tracepoints (see source.h):
 *
 *	nv_parse_skb(skb, tunnels, &packet)        TC program of an Ethernet device
 *	nv_parse_sk_buff(skb, tunnels, &packet)    tracepoint
 *
 * They answer 0, or -1 for what is no IP packet, ends early or states lengths that cannot be. With `tunnels`, flow and TCP fields are those of
 * the packet inside a VXLAN, Geneve, GRE or IP-in-IP tunnel, and `outer` describes the outermost tunnel.
 */
#ifndef NV_PACKET_H
#define NV_PACKET_H

#include "address.h"
#include "function.h"
#include "source.h"
#include "records.h"

#define NV_TCP_FIN 0x01
#define NV_TCP_SYN 0x02
#define NV_TCP_RST 0x04
#define NV_TCP_PSH 0x08
#define NV_TCP_ACK 0x10
#define NV_TCP_ECE 0x40

struct nv_outer {
	union nv_address src;
	union nv_address dst;
	__u16 src_port;
	__u16 dst_port;
	__u32 vni; /* or GRE key */
	__u8 encapsulation; /* enum nv_encapsulation */
	__u8 pad[3];
};

struct nv_packet {
	union nv_address src;
	union nv_address dst;
	__u16 src_port; /* ports are 0 when the protocol has none, and in fragments but the first */
	__u16 dst_port;
	__u8 protocol;
	__u8 flags; /* TCP, with ECE and CWR */
	__u8 ecn_ce; /* CE mark, inner or outer */
	__u8 icmp_error; /* flow and seq are those of the packet that an ICMP error quotes */
	__u16 ip_id; /* IPv4 */
	__u16 window; /* as on the wire */
	__u32 seq;
	__u32 ack;
	__u32 payload; /* TCP or UDP, bytes */
	__u32 ip_bytes; /* inner IP packet, headers included, a super-packet as one */
	__u32 segments; /* gso_segs of a super-packet, else 1 */
	__u32 header_bytes; /* inner IP and transport headers */
	__u32 sack_start; /* first SACK block */
	__u32 sack_end;
	__u32 network_offset; /* of the inner IP header; see source.h */
	__u32 transport_offset;
	__u8 window_scale; /* on a SYN: shift + 1, 0 when absent */
	__u8 has_sack;
	__u8 fragment; /* is a fragment */
	__u8 headless; /* is a fragment but the first: no transport header */
	__u32 pad;
	struct nv_outer outer;
	__u32 tsval; /* TCP timestamps */
	__u32 tsecr;
	__u32 payload_offset; /* of the TCP or UDP payload; 0 in quotes and fragments but the first */
	__u32 icmp_mtu; /* of the next hop, when an ICMP error says that the packet was too big for it */
	__u8 has_timestamp;
	__u8 sack_blocks;
	__u8 dsack; /* the first block tells of data that came twice (RFC 2883) */
	__u8 ect; /* the transport knows ECN (ECT or CE), inner or outer header */
	__u8 icmp_type; /* of an ICMP error */
	__u8 icmp_code;
	__u8 pad_end[2];
};

#include "packet_network.h"
#include "packet_options.h"
#include "packet_transport.h"
#include "packet_plain.h"

/* Tunnels and the quote of an ICMP error each add an IP header. */
#define NV_MAX_IP_HEADERS 4

static __always_inline int nv_parse(const struct nv_source *source, struct nv_cursor at, bool tunnels,
				    struct nv_packet *packet)
{
	__builtin_memset(packet, 0, sizeof(*packet));
	packet->segments = 1;
	at.end = source->end;
	for (int header = 0; header < NV_MAX_IP_HEADERS; header++) {
		int step = nv_parse_network(source, &at, packet);

		if (step == 0)
			step = nv_enter(source, &at, tunnels, packet);
		if (step < 0)
			return -1;
		if (step == NV_STEP_DONE)
			return nv_parse_transport(source, &at, packet);
	}
	return -1;
}

/*
 * Whatever may be before and between the headers. Global, as is nv_parse_linear: the verifier looks at it once, with
 * nothing known of what the packet holds.
 */
NV_GLOBAL nv_parse_skb_fully(struct __sk_buff *skb, bool tunnels, struct nv_packet *packet)
{
	struct nv_source source = nv_source_of_tc(skb);
	struct nv_cursor at = {};

	if (!packet || nv_parse_ethernet(&source, &at) < 0)
		return -1;
	return nv_parse(&source, at, tunnels, packet);
}

static __always_inline int nv_parse_skb(struct __sk_buff *skb, bool tunnels,
					struct nv_packet *packet)
{
	__builtin_memset(packet, 0, sizeof(*packet));
	if (nv_parse_plainly(skb, tunnels, packet) == 0)
		return 0;
	return nv_parse_skb_fully(skb, tunnels, packet);
}

/* A global function cannot be given the sk_buff of a tracepoint, but it can be told where its bytes are. */
NV_GLOBAL nv_parse_linear(const struct nv_source *from, const struct nv_cursor *at, bool tunnels,
			  struct nv_packet *packet)
{
	struct nv_source source;
	struct nv_cursor start;

	if (!from || !at || !packet)
		return -1;
	source = *from;
	source.tracing = true;
	start = *at;
	if (!start.ethertype && nv_parse_ethernet(&source, &start) < 0)
		return -1;
	return nv_parse(&source, start, tunnels, packet);
}

#define NV_ARPHRD_ETHER 1
#define NV_NO_HEADER 0xffff

/*
 * The MAC header is right at every device hook, the network header is not yet at receive hooks. Packets that
 * have not met a device, or whose device has no MAC header, start at the network header.
 */
static __always_inline int nv_parse_sk_buff(const struct sk_buff *skb, bool tunnels,
					    struct nv_packet *packet)
{
	struct nv_source source = nv_source_of_sk_buff(skb);
	__u32 mac = BPF_CORE_READ(skb, mac_header);
	struct nv_cursor at = { .offset = mac };

	if (mac == NV_NO_HEADER || BPF_CORE_READ(skb, dev, type) != NV_ARPHRD_ETHER) {
		at.offset = BPF_CORE_READ(skb, network_header);
		at.ethertype = BPF_CORE_READ(skb, protocol);
		if (at.offset == 0 || at.offset == NV_NO_HEADER)
			return -1;
	}
	return nv_parse_linear(&source, &at, tunnels, packet);
}

#endif
