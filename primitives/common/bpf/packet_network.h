/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Ethernet, VLAN, IPv4 and IPv6 headers. Part of packet.h. */
#ifndef NV_PACKET_NETWORK_H
#define NV_PACKET_NETWORK_H

#define NV_ETH_IPV4 bpf_htons(0x0800)
#define NV_ETH_IPV6 bpf_htons(0x86dd)
#define NV_ETH_VLAN bpf_htons(0x8100)
#define NV_ETH_QINQ bpf_htons(0x88a8)
#define NV_ETH_BRIDGED bpf_htons(0x6558)

#define NV_ETHERTYPE_OFFSET 12
#define NV_VLAN_BYTES 4
#define NV_MAX_VLANS 2
#define NV_MAX_IPV6_EXTENSIONS 6
#define NV_ECN_MASK 3
#define NV_ECN_CE 3

/* Macros in the kernel, so vmlinux.h lacks them. */
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6 58
#define IPPROTO_DSTOPTS 60

/* Where the parser is: an IP header of this type, later the transport header of this protocol. */
struct nv_cursor {
	__u32 offset;
	__u32 end; /* offset after the last byte of the innermost IP packet so far, without Ethernet padding */
	__be16 ethertype;
	__u8 protocol;
};

static __always_inline int nv_load_within(const struct nv_source *source, const struct nv_cursor *at,
					  void *to, __u32 length)
{
	return at->offset + length > at->end ? -1 : nv_load(source, at->offset, to, length);
}

static __always_inline int nv_parse_ethernet(const struct nv_source *source, struct nv_cursor *at)
{
	__u32 type_offset = at->offset + NV_ETHERTYPE_OFFSET;

	for (int tags = 0; tags <= NV_MAX_VLANS; tags++) {
		if (nv_load(source, type_offset, &at->ethertype, sizeof(at->ethertype)) < 0)
			return -1;
		if (at->ethertype != NV_ETH_VLAN && at->ethertype != NV_ETH_QINQ) {
			at->offset = type_offset + sizeof(at->ethertype);
			return 0;
		}
		type_offset += NV_VLAN_BYTES;
	}
	return -1;
}

/* In bytes; 0 stands for what does not fit, in super-packets (BIG TCP) and nowhere else. */
static __always_inline __u32 nv_ip_bytes(const struct nv_source *source, __u32 stated, __u32 room)
{
	return stated || !source->gso_size ? stated : room;
}

/* `end`: where the packet must have ended. */
static __always_inline void nv_take_ecn(__u8 ecn, struct nv_packet *packet)
{
	packet->ecn_ce |= ecn == NV_ECN_CE;
	packet->ect |= ecn != 0;
}

static __always_inline void nv_take_ipv4(const struct nv_source *source, __u32 offset, __u32 end,
					 const struct iphdr *ip, struct nv_packet *packet)
{
	nv_address_v4(&packet->src, ip->saddr);
	nv_address_v4(&packet->dst, ip->daddr);
	packet->ip_id = bpf_ntohs(ip->id);
	nv_take_ecn(ip->tos & NV_ECN_MASK, packet);
	packet->network_offset = offset;
	packet->ip_bytes = nv_ip_bytes(source, bpf_ntohs(ip->tot_len), end - offset);
}

/*
 * Nothing of a packet can be where the packet around it has ended, whatever its length says. Only the quote of an ICMP
 * error and the content of a first fragment are the beginning of something longer.
 */
static __always_inline int nv_limit(struct nv_cursor *at, const struct nv_packet *packet)
{
	__u32 end = at->offset + packet->ip_bytes;

	if (end > at->end)
		return packet->icmp_error || packet->fragment ? 0 : -1;
	at->end = end;
	return 0;
}

static __always_inline int nv_parse_ipv4(const struct nv_source *source, struct nv_cursor *at,
					 struct nv_packet *packet)
{
	struct iphdr ip;
	__u16 fragment;

	if (nv_load(source, at->offset, &ip, sizeof(ip)) < 0 || ip.version != 4 || ip.ihl < 5)
		return -1;
	nv_take_ipv4(source, at->offset, at->end, &ip, packet);
	if (packet->ip_bytes < ip.ihl * 4 || nv_limit(at, packet) < 0)
		return -1;
	fragment = bpf_ntohs(ip.frag_off);
	packet->fragment |= (fragment & 0x3fff) != 0;
	packet->headless |= (fragment & 0x1fff) != 0;
	at->offset += ip.ihl * 4;
	at->protocol = ip.protocol;
	return 0;
}

struct nv_ipv6_extension {
	__u8 next;
	__u8 length;
	__be16 fragment;
};

static __always_inline int nv_skip_ipv6_extensions(const struct nv_source *source,
						   struct nv_cursor *at, struct nv_packet *packet)
{
	struct nv_ipv6_extension extension;

	for (int i = 0; i <= NV_MAX_IPV6_EXTENSIONS; i++) {
		if (at->protocol != IPPROTO_HOPOPTS && at->protocol != IPPROTO_ROUTING &&
		    at->protocol != IPPROTO_DSTOPTS && at->protocol != IPPROTO_FRAGMENT &&
		    at->protocol != IPPROTO_AH)
			return 0;
		/* RFC 8200: hop-by-hop options come first or not at all. */
		if (i == NV_MAX_IPV6_EXTENSIONS || (i && at->protocol == IPPROTO_HOPOPTS))
			return -1;
		if (nv_load(source, at->offset, &extension, sizeof(extension)) < 0)
			return -1;
		if (at->protocol == IPPROTO_FRAGMENT) {
			/* Offset 0 and no more to come: a whole packet (RFC 6946). */
			packet->fragment |= (bpf_ntohs(extension.fragment) & 0xfff9) != 0;
			packet->headless |= (bpf_ntohs(extension.fragment) & 0xfff8) != 0;
			at->offset += 8;
		} else if (at->protocol == IPPROTO_AH) {
			at->offset += (extension.length + 2) * 4;
		} else {
			at->offset += (extension.length + 1) * 8;
		}
		at->protocol = extension.next;
		if (packet->headless)
			return 0;
	}
	return -1;
}

static __always_inline void nv_take_ipv6(const struct nv_source *source, __u32 offset, __u32 end,
					 const struct ipv6hdr *ip, struct nv_packet *packet)
{
	__builtin_memcpy(&packet->src, &ip->saddr, sizeof(packet->src));
	__builtin_memcpy(&packet->dst, &ip->daddr, sizeof(packet->dst));
	packet->ip_id = 0;
	nv_take_ecn((ip->flow_lbl[0] >> 4) & NV_ECN_MASK, packet);
	packet->network_offset = offset;
	packet->ip_bytes = sizeof(*ip) + nv_ip_bytes(source, bpf_ntohs(ip->payload_len),
						     end - offset - sizeof(*ip));
}

static __always_inline int nv_parse_ipv6(const struct nv_source *source, struct nv_cursor *at,
					 struct nv_packet *packet)
{
	struct ipv6hdr ip;

	if (nv_load(source, at->offset, &ip, sizeof(ip)) < 0 || ip.version != 6)
		return -1;
	nv_take_ipv6(source, at->offset, at->end, &ip, packet);
	if (nv_limit(at, packet) < 0)
		return -1;
	at->offset += sizeof(ip);
	at->protocol = ip.nexthdr;
	return nv_skip_ipv6_extensions(source, at, packet);
}

static __always_inline int nv_parse_network(const struct nv_source *source, struct nv_cursor *at,
					    struct nv_packet *packet)
{
	if (at->ethertype == NV_ETH_IPV4)
		return nv_parse_ipv4(source, at, packet);
	if (at->ethertype == NV_ETH_IPV6)
		return nv_parse_ipv6(source, at, packet);
	return -1;
}

#endif
