/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The headers of nearly all packets at a TC hook, read from the linear part in place: a bounds check and a few loads
 * cost a tenth of the helper calls of the full parser, which takes whatever is refused here. Plain are IPv4 without
 * options and IPv6 without extension headers, no fragments, with UDP, or TCP without options or with the timestamp
 * only; bare or in one VXLAN tunnel. Part of packet.h.
 */
#ifndef NV_PACKET_PLAIN_H
#define NV_PACKET_PLAIN_H

#define NV_IPV4_PLAIN 0x45 /* version 4, header of 20 bytes */
#define NV_FRAGMENT_MASK bpf_htons(0x3fff)
#define NV_NO_PLAIN -1
/* An outer IPv6 header ends before. */
#define NV_PLAIN_REACH 128

static __always_inline int nv_plain_tcp(const struct nv_source *source, const void *transport,
					const void *end, struct nv_packet *packet)
{
	const struct tcphdr *tcp = transport;
	const __be32 *option = (const void *)(tcp + 1);

	if ((const void *)(tcp + 1) > end)
		return NV_NO_PLAIN;
	if (tcp->doff * 4 != sizeof(*tcp)) {
		if (tcp->doff * 4 != sizeof(*tcp) + NV_TCP_TIMESTAMP_BYTES ||
		    (const void *)(option + NV_TCP_TIMESTAMP_WORDS) > end ||
		    option[0] != NV_TCP_TIMESTAMP_ONLY)
			return NV_NO_PLAIN;
		nv_take_timestamp(bpf_ntohl(option[1]), bpf_ntohl(option[2]), packet);
	}
	nv_take_tcp(source, tcp, packet);
	return 0;
}

static __always_inline int nv_plain_udp(const struct nv_source *source, const void *transport,
					const void *end, struct nv_packet *packet)
{
	const struct udphdr *udp = transport;

	/* A length of 0, which IPv6 allows, is no plain case. */
	if ((const void *)(udp + 1) > end)
		return NV_NO_PLAIN;
	return nv_take_udp(source, NV_ETH_IPV4, udp, packet);
}

static __always_inline __u32 nv_packet_end(const struct nv_packet *packet)
{
	return packet->network_offset + packet->ip_bytes;
}

/* `limit`: where the packet must have ended. Headers that do not fit into their packet are no plain case. */
static __always_inline int nv_plain_transport(const struct nv_source *source, const void *transport,
					      const void *end, __u32 limit,
					      struct nv_packet *packet)
{
	int taken = NV_NO_PLAIN;

	if (nv_packet_end(packet) > limit)
		return NV_NO_PLAIN;
	if (packet->protocol == IPPROTO_TCP)
		taken = nv_plain_tcp(source, transport, end, packet);
	else if (packet->protocol == IPPROTO_UDP)
		taken = nv_plain_udp(source, transport, end, packet);
	return taken == 0 && packet->header_bytes <= packet->ip_bytes ? 0 : NV_NO_PLAIN;
}

/* An Ethernet frame at `offset`, that ends with `limit` or before. */
static __always_inline int nv_plain_frame(struct __sk_buff *skb, struct nv_packet *packet,
					  __u64 offset, __u32 limit)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct nv_source source;
	struct ethhdr *frame;
	struct ipv6hdr *ip6;
	struct iphdr *ip;

	source = nv_source_of_tc(skb);
	frame = data + offset;
	offset += sizeof(*frame);
	ip = (void *)(frame + 1);
	ip6 = (void *)(frame + 1);
	if ((void *)(ip + 1) > end)
		return NV_NO_PLAIN;
	if (frame->h_proto == NV_ETH_IPV4) {
		if (*(__u8 *)ip != NV_IPV4_PLAIN || ip->frag_off & NV_FRAGMENT_MASK)
			return NV_NO_PLAIN;
		nv_take_ipv4(&source, offset, limit, ip, packet);
		packet->protocol = ip->protocol;
		packet->transport_offset = offset + sizeof(*ip);
		return nv_plain_transport(&source, ip + 1, end, limit, packet);
	}
	if (frame->h_proto != NV_ETH_IPV6 || (void *)(ip6 + 1) > end || ip6->version != 6)
		return NV_NO_PLAIN;
	nv_take_ipv6(&source, offset, limit, ip6, packet);
	packet->protocol = ip6->nexthdr;
	packet->transport_offset = offset + sizeof(*ip6);
	return nv_plain_transport(&source, ip6 + 1, end, limit, packet);
}

static __always_inline bool nv_is_tunnel(const struct nv_packet *packet)
{
	return packet->protocol == IPPROTO_UDP &&
	       (packet->dst_port == NV_VXLAN_PORT || packet->dst_port == NV_VXLAN_LINUX_PORT ||
		packet->dst_port == NV_GENEVE_PORT);
}

/* `packet` is that of the outer headers. */
NV_SUBPROGRAM nv_plain_vxlan(struct __sk_buff *skb, struct nv_packet *packet)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u64 offset = packet->transport_offset;
	__u32 limit = nv_packet_end(packet);
	__be32 *header;

	if (packet->dst_port == NV_GENEVE_PORT || offset > NV_PLAIN_REACH)
		return NV_NO_PLAIN;
	offset += sizeof(struct udphdr);
	header = data + offset;
	if ((void *)(header + 2) > end || !(bpf_ntohl(header[0]) >> 24 & NV_VXLAN_HAS_VNI))
		return NV_NO_PLAIN;
	nv_enter_tunnel(packet, NV_ENCAPSULATION_VXLAN, bpf_ntohl(header[1]) >> 8);
	if (nv_plain_frame(skb, packet, offset + NV_VXLAN_BYTES, limit) < 0 || nv_is_tunnel(packet))
		return NV_NO_PLAIN;
	return 0;
}

/* `packet` is all zero. Answers 0, or NV_NO_PLAIN with anything in it. */
static __always_inline int nv_parse_plainly(struct __sk_buff *skb, bool tunnels,
					    struct nv_packet *packet)
{
	if (nv_plain_frame(skb, packet, 0, skb->len) < 0)
		return NV_NO_PLAIN;
	return tunnels && nv_is_tunnel(packet) ? nv_plain_vxlan(skb, packet) : 0;
}

#endif
