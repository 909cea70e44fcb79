/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker of every probe that gets an sk_buff: filter by host, parse, filter by flow, emit.
 *
 * Packets are told of where they meet an uplink or pass a queue, drops anywhere: in between the taps see them. On
 * uplinks the packets of flows that are not armed are told as well (armed = 0), so that the composition of a queue can
 * be computed. A budget bounds these; of many packets of an armed flow a sample is told (sampling.h).
 */
#ifndef NV_TRACER_PACKET_PROBE_H
#define NV_TRACER_PACKET_PROBE_H

#include "armed.h"
#include "datagram.h"
#include "packet.h"

struct nv_device {
	__u32 netns;
	__u32 ifindex;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct nv_device);
	__type(value, __u8);
} nv_uplinks SEC(".maps");

#define NV_BUDGET_NEIGHBOURS 250

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nv_budget);
} nv_neighbours SEC(".maps");

/* A packet at a probe: what the tracepoint knows. */
struct nv_sighting {
	struct sk_buff *skb;
	struct nv_device device;
	__u64 location;
	__u32 drop_reason;
	__u32 backlog_bytes;
	__u32 backlog_packets;
	__u8 probe; /* enum nv_packet_probe */
	__u8 role; /* of the device: enum nv_tap_role, 0 if it is no uplink */
	bool neighbours; /* tell flows that are not armed, too */
};

/* Whether to tell of a packet on an uplink that only shares it with an armed flow. Those left out count as lost. */
static __always_inline bool nv_wanted_neighbour(const struct nv_sighting *s, __u64 now_ns)
{
	struct nv_budget *neighbours;
	__u32 zero = 0;

	if (!s->neighbours)
		return false;
	neighbours = bpf_map_lookup_elem(&nv_neighbours, &zero);
	if (neighbours && nv_spend(neighbours, NV_BUDGET_NEIGHBOURS, now_ns))
		return true;
	nv_lost(NV_LOSS_NEIGHBOURS_BUDGET, 1);
	return false;
}

static __always_inline struct nv_sampling *nv_sampling_of(const struct nv_sighting *s,
							  const struct nv_flow_key *flow, int direction)
{
	struct nv_vantage vantage = {
		.flow = *flow,
		.device = (__u64)s->device.netns << 32 | s->device.ifindex,
		.probe = s->probe,
		.direction = direction,
	};

	return nv_sampling_at(&vantage);
}

/* A drop is always told. */
static __always_inline bool nv_chosen(const struct nv_sighting *s, const struct nv_packet *packet,
				      struct nv_sampling *sampling, __u64 now_ns)
{
	struct nv_portion portion = {
		.now_ns = now_ns,
		.seq = packet->seq,
		.end = packet->seq + packet->payload,
		.ack = packet->ack,
		.segments = packet->segments,
		.acknowledges = packet->flags & NV_TCP_ACK,
		.datagram = packet->protocol == IPPROTO_UDP,
		.turning = packet->flags & (NV_TCP_SYN | NV_TCP_FIN | NV_TCP_RST),
	};

	return s->location || (sampling && nv_sample(sampling, &portion));
}

/* The filter that nearly every packet of the kernel meets: plain loads through BTF and one look-up. */
static __always_inline bool nv_at_uplink(struct nv_sighting *s, struct net_device *dev)
{
	s->device.netns = dev->nd_net.net->ns.inum;
	s->device.ifindex = dev->ifindex;
	if (!bpf_map_lookup_elem(&nv_uplinks, &s->device))
		return false;
	s->role = NV_TAP_ROLE_UPLINK;
	return true;
}

/* An uplink, or another device of this host, if it has a queue: that of a pod, a tunnel, a bridge. */
static __always_inline bool nv_at_queue(struct nv_sighting *s, struct net_device *dev)
{
	if (nv_at_uplink(s, dev))
		return true;
	s->neighbours = false;
	return nv_netns_in_scope(s->device.netns) && dev->_tx->qdisc->enqueue;
}

/* What happened to a packet at an uplink, or anywhere on this host when it was dropped. */
static __noinline int nv_sighted(struct nv_sighting *s)
{
	/* A copy: CO-RE relocates every member of a chain, and nv_sighting is no kernel type. */
	struct sk_buff *skb = s->skb;
	__u64 now_ns = bpf_ktime_get_ns();
	struct nv_packet_event *event;
	struct nv_flow_key key;
	struct nv_sampling *sampling = NULL;
	struct nv_packet packet;
	int direction;
	bool armed;

	if (nv_parse_sk_buff(skb, true, &packet) < 0 || packet.icmp_error)
		return 0;
	if (nv_is_datagram(&packet)) {
		struct nv_source source = nv_source_of_sk_buff(skb);

		packet.seq = nv_datagram_id(&source, &packet);
	}
	direction = nv_flow_key_of(&key, &packet.src, packet.src_port, &packet.dst, packet.dst_port,
				   packet.protocol);
	armed = nv_has_armed(&key);
	if (armed)
		sampling = nv_sampling_of(s, &key, direction);
	if (armed ? !nv_chosen(s, &packet, sampling, now_ns) : !nv_wanted_neighbour(s, now_ns))
		return 0;
	event = nv_reserve(&packet_events, sizeof(*event),
			   NV_LOSS_PACKET_EVENTS_FULL + s->probe);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = now_ns;
	event->location = s->location;
	__builtin_memcpy(event->src, &packet.src, sizeof(event->src));
	__builtin_memcpy(event->dst, &packet.dst, sizeof(event->dst));
	event->src_port = packet.src_port;
	event->dst_port = packet.dst_port;
	event->protocol = packet.protocol;
	event->flags = packet.flags;
	event->tap_role = s->role;
	event->ifindex = s->device.ifindex;
	event->probe = s->probe;
	event->armed = armed;
	event->left_out = sampling ? nv_take_left_out(sampling) : 0;
	event->seq = packet.seq;
	event->end_seq = packet.seq + packet.payload;
	event->ack = packet.ack;
	event->ip_id = packet.ip_id;
	event->cpu = bpf_get_smp_processor_id();
	event->length = BPF_CORE_READ(skb, len);
	event->backlog_bytes = s->backlog_bytes;
	event->backlog_packets = s->backlog_packets;
	event->netns = s->device.netns;
	event->drop_reason = s->drop_reason;
	event->pid = bpf_get_current_pid_tgid();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	nv_submit(event, false);
	return 0;
}

#endif
