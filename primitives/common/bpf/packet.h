/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One parser for TC programs and for tracepoints that get an sk_buff.
 *
 * Include after vmlinux.h and the libbpf helpers. A caller gives a `struct nv_cursor`: in a TC program
 * `skb` is the context and bytes come by bpf_skb_load_bytes; in a tracepoint `head` is the packet's start in
 * kernel memory and bytes come by bpf_probe_read_kernel. The choice is a constant at every call, so each
 * program keeps one of the two.
 */
#ifndef NETVERDICT_PACKET_H
#define NETVERDICT_PACKET_H

#include "flow_key.h"
#include "records.h"

#define NV_ETH_P_IP 0x0800
#define NV_ETH_P_IPV6 0x86dd
#define NV_ETH_P_8021Q 0x8100
#define NV_ETH_P_8021AD 0x88a8
#define NV_ETH_P_TEB 0x6558

#define NV_VXLAN_PORT 4789
#define NV_VXLAN_PORT_OLD 8472
#define NV_GENEVE_PORT 6081

#define NV_TCP_FIN 0x01
#define NV_TCP_SYN 0x02
#define NV_TCP_RST 0x04
#define NV_TCP_PSH 0x08
#define NV_TCP_ACK 0x10

struct nv_cursor {
	struct __sk_buff *skb; /* TC; NULL in a tracepoint */
	const void *start; /* tracepoint: address of offset 0 */
	__u32 offset;
	__u32 length; /* bytes of the packet from offset 0 on, super-packets whole */
};

struct nv_outer {
	union nv_address src;
	union nv_address dst;
	__u16 src_port;
	__u16 dst_port;
	__u32 vni;
	__u8 encapsulation; /* enum nv_encapsulation */
};

struct nv_packet {
	union nv_address src;
	union nv_address dst;
	__u16 src_port;
	__u16 dst_port;
	__u8 protocol;
	__u8 flags; /* TCP */
	__u8 ecn_ce;
	__u8 icmp_error; /* the flow is the one that an ICMP error quotes */
	__u16 ip_id;
	__u16 window; /* as on the wire */
	__u32 seq;
	__u32 ack;
	__u32 payload; /* bytes */
	__u32 ip_bytes; /* inner IP packet, headers included */
	__u8 window_scale; /* on a SYN: shift + 1, 0 when absent */
	__u8 has_sack;
	struct nv_outer outer;
};

static __always_inline int nv_load(const struct nv_cursor *c, __u32 at, void *to, __u32 n)
{
	if (c->skb)
		return bpf_skb_load_bytes(c->skb, at, to, n);
	return bpf_probe_read_kernel(to, n, c->start + at);
}

/* Reads the IP header at the cursor and moves behind it. Answers the transport protocol, -1 when there is none. */
static __always_inline int nv_parse_ip(struct nv_cursor *c, __u16 ethertype, struct nv_packet *p)
{
	if (ethertype == NV_ETH_P_IP) {
		struct iphdr ip;

		if (nv_load(c, c->offset, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl < 5)
			return -1;
		nv_address_v4(&p->src, ip.saddr);
		nv_address_v4(&p->dst, ip.daddr);
		p->ip_id = bpf_ntohs(ip.id);
		p->ecn_ce = (ip.tos & 3) == 3;
		/* tot_len is 0 for a super-packet beyond 64 KiB (BIG TCP, v6.3). */
		p->ip_bytes = ip.tot_len ? bpf_ntohs(ip.tot_len) : c->length - c->offset;
		/* A later fragment has no ports: nothing to tell its flow by. */
		if (ip.frag_off & bpf_htons(0x1fff))
			return -1;
		c->offset += ip.ihl * 4;
		return ip.protocol;
	}
	if (ethertype == NV_ETH_P_IPV6) {
		struct ipv6hdr ip6;
		__u8 next;

		if (nv_load(c, c->offset, &ip6, sizeof(ip6)) || ip6.version != 6)
			return -1;
		__builtin_memcpy(&p->src, &ip6.saddr, 16);
		__builtin_memcpy(&p->dst, &ip6.daddr, 16);
		p->ip_id = 0;
		p->ecn_ce = ((ip6.flow_lbl[0] >> 4) & 3) == 3;
		p->ip_bytes = ip6.payload_len ? bpf_ntohs(ip6.payload_len) + sizeof(ip6) :
						c->length - c->offset;
		next = ip6.nexthdr;
		c->offset += sizeof(ip6);
#pragma unroll
		for (int i = 0; i < 4; i++) {
			struct {
				__u8 next;
				__u8 length;
				__u16 fragment;
			} option;

			/* hop-by-hop, routing, destination options, fragment */
			if (next != 0 && next != 43 && next != 60 && next != 44)
				break;
			if (nv_load(c, c->offset, &option, sizeof(option)))
				return -1;
			if (next == 44 && (option.fragment & bpf_htons(0xfff8)))
				return -1;
			c->offset += next == 44 ? 8 : (option.length + 1) * 8;
			next = option.next;
		}
		return next;
	}
	return -1;
}

/* Skips VLAN tags behind an Ethernet header at the cursor; answers the ethertype and moves to the network header. */
static __always_inline __u16 nv_parse_ethernet(struct nv_cursor *c)
{
	__be16 type = 0;

	if (nv_load(c, c->offset + 12, &type, 2))
		return 0;
	c->offset += 14;
#pragma unroll
	for (int i = 0; i < 2; i++) {
		if (type != bpf_htons(NV_ETH_P_8021Q) && type != bpf_htons(NV_ETH_P_8021AD))
			break;
		if (nv_load(c, c->offset + 2, &type, 2))
			return 0;
		c->offset += 4;
	}
	return bpf_ntohs(type);
}

/* TCP options that matter: window scale on a SYN, SACK blocks otherwise. */
static __always_inline void nv_parse_tcp_options(const struct nv_cursor *c, __u32 at, __u32 length,
						 struct nv_packet *p)
{
	__u8 bytes[40] = {};
	__u32 i = 0;

	/* The verifier wants constant sizes: 12 bytes hold the timestamp alone, most packets' options. */
	if (length > 40)
		return;
	if (length == 12 && !(p->flags & NV_TCP_SYN)) {
		if (nv_load(c, at, bytes, 4))
			return;
		if (bytes[0] == 1 && bytes[1] == 1 && bytes[2] == 8)
			return;
	}
#pragma unroll
	for (int chunk = 0; chunk < 10; chunk++) {
		if (chunk * 4 >= length)
			break;
		if (nv_load(c, at + chunk * 4, bytes + chunk * 4, 4))
			return;
	}
	for (int n = 0; n < 20 && i < 39; n++) {
		__u8 kind = bytes[i], size;

		if (i >= length || kind == 0)
			return;
		if (kind == 1) {
			i++;
			continue;
		}
		size = bytes[i + 1];
		if (size < 2)
			return;
		if (kind == 5)
			p->has_sack = 1;
		if (kind == 3 && i < 38)
			p->window_scale = (bytes[i + 2] & 15) + 1;
		i += size;
	}
}

static __always_inline int nv_parse_transport(struct nv_cursor *c, int protocol, __u32 ip_end,
					      struct nv_packet *p)
{
	p->protocol = protocol;
	if (protocol == IPPROTO_TCP) {
		struct tcphdr tcp;
		__u32 header;
		__u8 flags;

		if (nv_load(c, c->offset, &tcp, sizeof(tcp)) || nv_load(c, c->offset + 13, &flags, 1))
			return -1;
		header = tcp.doff * 4;
		if (header < sizeof(tcp) || c->offset + header > ip_end)
			return -1;
		p->src_port = bpf_ntohs(tcp.source);
		p->dst_port = bpf_ntohs(tcp.dest);
		p->seq = bpf_ntohl(tcp.seq);
		p->ack = bpf_ntohl(tcp.ack_seq);
		p->window = bpf_ntohs(tcp.window);
		p->flags = flags;
		p->payload = ip_end - c->offset - header;
		if (header > sizeof(tcp))
			nv_parse_tcp_options(c, c->offset + sizeof(tcp), header - sizeof(tcp), p);
		return 0;
	}
	if (protocol == IPPROTO_UDP) {
		struct udphdr udp;

		if (nv_load(c, c->offset, &udp, sizeof(udp)))
			return -1;
		p->src_port = bpf_ntohs(udp.source);
		p->dst_port = bpf_ntohs(udp.dest);
		p->payload = ip_end > c->offset + sizeof(udp) ? ip_end - c->offset - sizeof(udp) : 0;
		return 0;
	}
	return -1;
}

/* An ICMP error speaks of the flow that it quotes: its first 8 transport bytes hold the ports. */
static __always_inline int nv_parse_icmp_error(struct nv_cursor *c, int protocol, struct nv_packet *p)
{
	struct {
		__be16 source;
		__be16 dest;
	} ports;
	__u8 type;
	int quoted;

	if (nv_load(c, c->offset, &type, 1))
		return -1;
	if (protocol == IPPROTO_ICMP && type != 3 && type != 11 && type != 12)
		return -1;
	if (protocol == IPPROTO_ICMPV6 && type >= 128)
		return -1;
	c->offset += 8;
	quoted = nv_parse_ip(c, protocol == IPPROTO_ICMP ? NV_ETH_P_IP : NV_ETH_P_IPV6, p);
	if (quoted != IPPROTO_TCP && quoted != IPPROTO_UDP)
		return -1;
	if (nv_load(c, c->offset, &ports, sizeof(ports)))
		return -1;
	p->protocol = quoted;
	p->src_port = bpf_ntohs(ports.source);
	p->dst_port = bpf_ntohs(ports.dest);
	p->icmp_error = 1;
	return 0;
}

/* Moves into the packet that a tunnel carries; answers its ethertype, 0 when this is no tunnel. */
static __always_inline __u16 nv_enter_tunnel(struct nv_cursor *c, int protocol, struct nv_packet *p)
{
	struct nv_outer *outer = &p->outer;

	if (protocol == IPPROTO_UDP) {
		struct udphdr udp;
		__be32 header[2];
		__u16 port;

		if (nv_load(c, c->offset, &udp, sizeof(udp)))
			return 0;
		port = bpf_ntohs(udp.dest);
		if (port != NV_VXLAN_PORT && port != NV_VXLAN_PORT_OLD && port != NV_GENEVE_PORT)
			return 0;
		if (nv_load(c, c->offset + sizeof(udp), header, sizeof(header)))
			return 0;
		outer->src_port = bpf_ntohs(udp.source);
		outer->dst_port = port;
		outer->vni = bpf_ntohl(header[1]) >> 8;
		c->offset += sizeof(udp) + sizeof(header);
		if (port == NV_GENEVE_PORT) {
			__u32 first = bpf_ntohl(header[0]);

			outer->encapsulation = NV_ENCAPSULATION_GENEVE;
			c->offset += ((first >> 24) & 0x3f) * 4;
			if ((first & 0xffff) != NV_ETH_P_TEB)
				return first & 0xffff;
		} else {
			/* RFC 7348: the I flag */
			if (!(header[0] & bpf_htonl(0x08000000)))
				return 0;
			outer->encapsulation = NV_ENCAPSULATION_VXLAN;
		}
		return nv_parse_ethernet(c);
	}
	if (protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6) {
		outer->encapsulation = NV_ENCAPSULATION_IPIP;
		return protocol == IPPROTO_IPIP ? NV_ETH_P_IP : NV_ETH_P_IPV6;
	}
	if (protocol == IPPROTO_GRE) {
		struct {
			__be16 flags;
			__be16 type;
		} gre;
		__be32 key = 0;
		__u32 at = c->offset + sizeof(gre);

		if (nv_load(c, c->offset, &gre, sizeof(gre)))
			return 0;
		if (gre.flags & bpf_htons(0x8000)) /* checksum */
			at += 4;
		if (gre.flags & bpf_htons(0x2000)) {
			if (nv_load(c, at, &key, sizeof(key)))
				return 0;
			at += 4;
		}
		if (gre.flags & bpf_htons(0x1000)) /* sequence */
			at += 4;
		outer->encapsulation = NV_ENCAPSULATION_GRE;
		outer->vni = bpf_ntohl(key);
		c->offset = at;
		if (gre.type == bpf_htons(NV_ETH_P_TEB))
			return nv_parse_ethernet(c);
		return bpf_ntohs(gre.type);
	}
	return 0;
}

/*
 * Parses from the network header at the cursor. With `tunnels`, an encapsulated packet is described by its inner
 * headers and `outer`. Answers 0, or -1 for a packet without a flow.
 */
static __always_inline int nv_parse_network(struct nv_cursor *c, __u16 ethertype, int tunnels,
					    struct nv_packet *p)
{
	__u32 ip_at = c->offset;
	int protocol = nv_parse_ip(c, ethertype, p);

	if (protocol < 0)
		return -1;
	if (tunnels) {
		union nv_address src = p->src, dst = p->dst;
		struct nv_cursor inside = *c;
		__u16 inner = nv_enter_tunnel(&inside, protocol, p);

		if (inner) {
			p->outer.src = src;
			p->outer.dst = dst;
			*c = inside;
			ip_at = c->offset;
			protocol = nv_parse_ip(c, inner, p);
			if (protocol < 0)
				return -1;
		} else {
			p->outer.encapsulation = NV_ENCAPSULATION_NONE;
		}
	}
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return nv_parse_icmp_error(c, protocol, p);
	return nv_parse_transport(c, protocol, ip_at + p->ip_bytes, p);
}

/* In a TC program of an Ethernet device. */
static __always_inline int nv_parse_skb(struct __sk_buff *skb, int tunnels, struct nv_packet *p)
{
	struct nv_cursor c = { .skb = skb, .length = skb->len };
	__u16 ethertype = nv_parse_ethernet(&c);

	__builtin_memset(p, 0, sizeof(*p));
	return nv_parse_network(&c, ethertype, tunnels, p);
}

/* In a tracepoint: `skb` is the kernel's; its network header must be set. */
static __always_inline int nv_parse_sk_buff(struct sk_buff *skb, int tunnels, struct nv_packet *p)
{
	unsigned char *head = BPF_CORE_READ(skb, head);
	__u16 network = BPF_CORE_READ(skb, network_header);
	__be16 type = BPF_CORE_READ(skb, protocol);
	unsigned char *data = BPF_CORE_READ(skb, data);
	struct nv_cursor c = {
		.start = head + network,
		.length = BPF_CORE_READ(skb, len) + (__u32)(data - (head + network)),
	};

	__builtin_memset(p, 0, sizeof(*p));
	if (!head || network == 0 || network == (__u16)~0)
		return -1;
	return nv_parse_network(&c, bpf_ntohs(type), tunnels, p);
}

#endif
