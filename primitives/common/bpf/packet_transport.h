/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* TCP, UDP and ICMP headers, and the tunnels that ride on IP and UDP. Part of packet.h. */
#ifndef NV_PACKET_TRANSPORT_H
#define NV_PACKET_TRANSPORT_H

#define NV_VXLAN_PORT 4789
#define NV_VXLAN_LINUX_PORT 8472
#define NV_VXLAN_BYTES 8
#define NV_VXLAN_HAS_VNI 0x08
#define NV_GENEVE_PORT 6081
#define NV_GENEVE_BYTES 8
#define NV_GENEVE_OPAQUE 0xc0800000 /* another version, or a message to the tunnel's end (RFC 8926) */
#define NV_GRE_CHECKSUM 0x8000
#define NV_GRE_KEY 0x2000
#define NV_GRE_SEQUENCE 0x1000
#define NV_GRE_OPAQUE 0x4c07 /* another version, or the source routing that RFC 2784 has abolished */


/* What comes after an IP header: its transport, or another IP header. */
enum { NV_STEP_DONE = 0, NV_STEP_INNER = 1 };

/* Keeps the present addresses as the outer ones; only those of the outermost tunnel. */
static __always_inline void nv_enter_tunnel(struct nv_packet *packet, __u8 encapsulation, __u32 vni)
{
	struct nv_outer *outer = &packet->outer;

	if (outer->encapsulation == NV_ENCAPSULATION_NONE) {
		outer->encapsulation = encapsulation;
		outer->src = packet->src;
		outer->dst = packet->dst;
		outer->src_port = packet->src_port;
		outer->dst_port = packet->dst_port;
		outer->vni = vni;
	}
	packet->src_port = 0;
	packet->dst_port = 0;
}

/* An Ethernet frame, or an IP packet of the type that `at` has. */
static __always_inline int nv_enter_frame(const struct nv_source *source, struct nv_cursor *at)
{
	if (at->ethertype != NV_ETH_BRIDGED)
		return NV_STEP_INNER;
	return nv_parse_ethernet(source, at) < 0 ? -1 : NV_STEP_INNER;
}

static __always_inline int nv_enter_vxlan(const struct nv_source *source, struct nv_cursor *at,
					  struct nv_packet *packet)
{
	__be32 header[2];

	if (nv_load_within(source, at, header, sizeof(header)) < 0)
		return NV_STEP_DONE;
	if (!(bpf_ntohl(header[0]) >> 24 & NV_VXLAN_HAS_VNI))
		return NV_STEP_DONE;
	nv_enter_tunnel(packet, NV_ENCAPSULATION_VXLAN, bpf_ntohl(header[1]) >> 8);
	at->offset += NV_VXLAN_BYTES;
	at->ethertype = NV_ETH_BRIDGED;
	return nv_enter_frame(source, at);
}

static __always_inline int nv_enter_geneve(const struct nv_source *source, struct nv_cursor *at,
					   struct nv_packet *packet)
{
	__be32 header[2];
	__u32 first;

	if (nv_load_within(source, at, header, sizeof(header)) < 0)
		return NV_STEP_DONE;
	first = bpf_ntohl(header[0]);
	if (first & NV_GENEVE_OPAQUE)
		return NV_STEP_DONE;
	nv_enter_tunnel(packet, NV_ENCAPSULATION_GENEVE, bpf_ntohl(header[1]) >> 8);
	at->offset += NV_GENEVE_BYTES + (first >> 24 & 0x3f) * 4;
	at->ethertype = bpf_htons(first & 0xffff);
	return nv_enter_frame(source, at);
}

static __always_inline int nv_enter_gre(const struct nv_source *source, struct nv_cursor *at,
					struct nv_packet *packet)
{
	struct {
		__be16 flags;
		__be16 ethertype;
	} header;
	__u32 key_offset = at->offset + sizeof(header);
	__be32 key = 0;
	__u16 flags;

	if (nv_load_within(source, at, &header, sizeof(header)) < 0)
		return -1;
	flags = bpf_ntohs(header.flags);
	if (flags & NV_GRE_OPAQUE)
		return NV_STEP_DONE;
	if (flags & NV_GRE_CHECKSUM)
		key_offset += 4;
	at->offset = key_offset;
	if (flags & NV_GRE_KEY) {
		if (nv_load(source, key_offset, &key, sizeof(key)) < 0)
			return -1;
		at->offset += 4;
	}
	if (flags & NV_GRE_SEQUENCE)
		at->offset += 4;
	at->ethertype = header.ethertype;
	nv_enter_tunnel(packet, NV_ENCAPSULATION_GRE, bpf_ntohl(key));
	return nv_enter_frame(source, at);
}

static __always_inline int nv_enter_ip(struct nv_cursor *at, struct nv_packet *packet)
{
	at->ethertype = at->protocol == IPPROTO_IPIP ? NV_ETH_IPV4 : NV_ETH_IPV6;
	nv_enter_tunnel(packet, NV_ENCAPSULATION_IPIP, 0);
	return NV_STEP_INNER;
}

static __always_inline __u32 nv_segments(const struct nv_source *source,
					 const struct nv_packet *packet)
{
	if (source->gso_segs)
		return source->gso_segs;
	/* Virtual NICs hand in super-packets without a count. */
	if (source->gso_size && packet->payload)
		return (packet->payload + source->gso_size - 1) / source->gso_size;
	return 1;
}

static __always_inline void nv_set_payload(const struct nv_source *source, __u32 transport_length,
					   struct nv_packet *packet)
{
	__u32 headers = packet->transport_offset - packet->network_offset + transport_length;

	packet->header_bytes = headers;
	packet->payload_offset = packet->transport_offset + transport_length;
	packet->payload = packet->ip_bytes - headers;
	packet->segments = nv_segments(source, packet);
}

static __always_inline void nv_take_tcp(const struct nv_source *source, const struct tcphdr *tcp,
					struct nv_packet *packet)
{
	packet->src_port = bpf_ntohs(tcp->source);
	packet->dst_port = bpf_ntohs(tcp->dest);
	packet->seq = bpf_ntohl(tcp->seq);
	packet->ack = bpf_ntohl(tcp->ack_seq);
	packet->flags = ((const __u8 *)tcp)[13];
	packet->window = bpf_ntohs(tcp->window);
	nv_set_payload(source, tcp->doff * 4, packet);
}

static __always_inline int nv_parse_tcp(const struct nv_source *source, const struct nv_cursor *at,
					struct nv_packet *packet)
{
	__u32 offset = at->offset;
	struct tcphdr tcp;
	__be32 option[NV_TCP_TIMESTAMP_WORDS];
	__u32 length;

	if (nv_load(source, offset, &tcp, sizeof(tcp)) < 0)
		return -1;
	length = tcp.doff * 4;
	if (length < sizeof(tcp) || length > at->end - offset)
		return -1;
	nv_take_tcp(source, &tcp, packet);
	if (length == sizeof(tcp))
		return 0;
	if (length == sizeof(tcp) + NV_TCP_TIMESTAMP_BYTES &&
	    nv_load(source, offset + sizeof(tcp), option, sizeof(option)) == 0 &&
	    option[0] == NV_TCP_TIMESTAMP_ONLY) {
		nv_take_timestamp(bpf_ntohl(option[1]), bpf_ntohl(option[2]), packet);
		return 0;
	}
	return nv_parse_tcp_options(source, offset + sizeof(tcp), length - sizeof(tcp), packet);
}

/* The quote of an ICMP error holds at least eight bytes of the transport header: ports and sequence number. */
static __always_inline int nv_parse_quote(const struct nv_source *source,
					  const struct nv_cursor *at, struct nv_packet *packet)
{
	__be32 words[2];

	if (packet->protocol != IPPROTO_TCP && packet->protocol != IPPROTO_UDP)
		return 0;
	if (nv_load_within(source, at, words, sizeof(words)) < 0)
		return -1;
	packet->src_port = bpf_ntohl(words[0]) >> 16;
	packet->dst_port = bpf_ntohl(words[0]) & 0xffff;
	if (packet->protocol == IPPROTO_TCP)
		packet->seq = bpf_ntohl(words[1]);
	return 0;
}

/* A UDP tunnel is told by its port; its outer header is kept with the tunnel. */
static __always_inline int nv_enter_udp(const struct nv_source *source, struct nv_cursor *at,
					struct nv_packet *packet)
{
	struct nv_cursor inside = { .offset = at->offset + sizeof(struct udphdr), .end = at->end };
	struct udphdr udp;
	int step = NV_STEP_DONE;

	if (nv_load(source, at->offset, &udp, sizeof(udp)) < 0)
		return -1;
	packet->src_port = bpf_ntohs(udp.source);
	packet->dst_port = bpf_ntohs(udp.dest);
	if (packet->dst_port == NV_VXLAN_PORT || packet->dst_port == NV_VXLAN_LINUX_PORT)
		step = nv_enter_vxlan(source, &inside, packet);
	else if (packet->dst_port == NV_GENEVE_PORT)
		step = nv_enter_geneve(source, &inside, packet);
	if (step == NV_STEP_INNER)
		*at = inside;
	return step;
}

/* Each IP version has its own. */
static __always_inline bool nv_is_icmp(const struct nv_cursor *at)
{
	return at->protocol == (at->ethertype == NV_ETH_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static __always_inline bool nv_is_icmp_error(__u8 protocol, __u8 type)
{
	if (protocol == IPPROTO_ICMP)
		return type == 3 || type == 11 || type == 12;
	return type >= 1 && type <= 4;
}

/* Of fragmentation needed (RFC 1191), and of packet too big, which has a whole word for it. */
static __always_inline __u32 nv_icmp_mtu(__u8 protocol, const __u8 *header)
{
	__u32 low = header[6] << 8 | header[7];

	if (protocol == IPPROTO_ICMP)
		return header[0] == 3 && header[1] == 4 ? low : 0;
	return header[0] == 2 ? (__u32)header[4] << 24 | header[5] << 16 | low : 0;
}

static __always_inline int nv_parse_icmp(const struct nv_source *source, struct nv_cursor *at,
					 struct nv_packet *packet)
{
	__u8 header[8];

	if (nv_load_within(source, at, header, sizeof(header)) < 0)
		return -1;
	if (!nv_is_icmp_error(at->protocol, header[0]))
		return NV_STEP_DONE;
	packet->icmp_error = 1;
	packet->icmp_type = header[0];
	packet->icmp_code = header[1];
	packet->icmp_mtu = nv_icmp_mtu(at->protocol, header);
	at->offset += sizeof(header);
	return NV_STEP_INNER;
}

/* Moves into a tunnel or the quote of an ICMP error; the header of the last transport stays unread. */
static __always_inline int nv_enter(const struct nv_source *source, struct nv_cursor *at, bool tunnels,
				    struct nv_packet *packet)
{
	if (packet->headless || packet->icmp_error)
		return NV_STEP_DONE;
	if (nv_is_icmp(at))
		return nv_parse_icmp(source, at, packet);
	if (!tunnels)
		return NV_STEP_DONE;
	switch (at->protocol) {
	case IPPROTO_UDP:
		return nv_enter_udp(source, at, packet);
	case IPPROTO_GRE:
		return nv_enter_gre(source, at, packet);
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		return nv_enter_ip(at, packet);
	}
	return NV_STEP_DONE;
}

/*
 * The length of the datagram must fit into the packet, but for a first fragment; what the packet holds behind it are
 * UDP options (RFC 9868). 0 is that of a jumbogram (RFC 2675). Answers -1 for any other.
 */
static __always_inline int nv_take_udp(const struct nv_source *source, __be16 ethertype,
				       const struct udphdr *udp, struct nv_packet *packet)
{
	__u32 length = bpf_ntohs(udp->len), room;

	packet->src_port = bpf_ntohs(udp->source);
	packet->dst_port = bpf_ntohs(udp->dest);
	nv_set_payload(source, sizeof(*udp), packet);
	room = packet->payload + sizeof(*udp);
	if (length == room || (!length && ethertype == NV_ETH_IPV6))
		return 0;
	if (length < sizeof(*udp) || (length > room && !packet->fragment))
		return -1;
	if (length < room) {
		packet->payload = length - sizeof(*udp);
		packet->segments = nv_segments(source, packet);
	}
	return 0;
}

static __always_inline int nv_parse_udp(const struct nv_source *source, const struct nv_cursor *at,
					struct nv_packet *packet)
{
	struct udphdr udp;

	if (nv_load_within(source, at, &udp, sizeof(udp)) < 0)
		return -1;
	return nv_take_udp(source, at->ethertype, &udp, packet);
}

static __always_inline int nv_parse_transport(const struct nv_source *source,
					      const struct nv_cursor *at, struct nv_packet *packet)
{
	packet->protocol = at->protocol;
	packet->transport_offset = at->offset;
	/* Offsets only grow: if this one is within its packet, all before it were. */
	if (at->offset > at->end)
		return -1;
	if (packet->headless)
		return 0;
	if (packet->icmp_error)
		return nv_parse_quote(source, at, packet);
	if (at->protocol == IPPROTO_TCP)
		return nv_parse_tcp(source, at, packet);
	if (at->protocol == IPPROTO_UDP)
		return nv_parse_udp(source, at, packet);
	return 0;
}

#endif
