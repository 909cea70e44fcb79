/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What leaves through ring buffers: samples of all flows, the rarer the busier a flow is; of armed flows more of them,
 * and packets that move the connection on (data, SYN, FIN, RST), of many a sample (sampling.h).
 */
#ifndef NV_ARMED_H
#define NV_ARMED_H

#include "armed_flows.h"
#include "control.h"
#include "flow.h"
#include "sampling.h"

/* Of samples; beyond it leave those of one mark in eight, which all taps choose alike (nv_mark_rank). */
#define NV_BUDGET_SAMPLES 40
#define NV_RARE_RANK 3

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} tap_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} samples SEC(".maps");

/* A record of the ring `samples`. */
struct nv_sample_event {
	struct nv_tap_flow_key key;
	__u8 direction; /* 0: data from lo to hi */
	__u8 role;
	__u8 pad[6];
	struct nv_mark_sample sample;
};

const volatile __u32 nv_sample_event_bytes = sizeof(struct nv_sample_event);
const volatile __u32 nv_sample_direction_offset =
	__builtin_offsetof(struct nv_sample_event, direction);
const volatile __u32 nv_sample_offset = __builtin_offsetof(struct nv_sample_event, sample);

static __always_inline bool nv_is_armed(const struct nv_flow_key *flow)
{
	return nv_control.any_armed && nv_has_armed(flow);
}

static __always_inline struct nv_sampling *nv_sampling_of(const struct nv_passage *passage)
{
	struct nv_vantage vantage = {
		.flow = passage->key.flow,
		.device = passage->key.tap,
		.probe = NV_PACKET_PROBE_TAP,
		.direction = passage->direction,
	};

	return nv_sampling_at(&vantage);
}

NV_GLOBAL nv_emit_packet(struct nv_passage *passage)
{
	struct nv_portion portion = {};
	struct nv_packet_event *event;
	const struct nv_packet *packet;
	struct nv_sampling *sampling;

	if (!passage)
		return 0;
	packet = &passage->packet;
	portion.turning = packet->flags & (NV_TCP_SYN | NV_TCP_FIN | NV_TCP_RST);
	if (!packet->payload && !portion.turning)
		return 0;
	sampling = nv_sampling_of(passage);
	portion.now_ns = nv_now(passage);
	portion.seq = packet->seq;
	portion.end = packet->seq + packet->payload;
	portion.segments = packet->segments;
	portion.datagram = packet->protocol == IPPROTO_UDP;
	if (!sampling || !nv_sample(sampling, &portion))
		return 0;
	event = nv_reserve(&tap_events, sizeof(*event), NV_LOSS_TAP_EVENTS_FULL);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = nv_now(passage);
	__builtin_memcpy(event->src, &packet->src, sizeof(event->src));
	__builtin_memcpy(event->dst, &packet->dst, sizeof(event->dst));
	event->src_port = packet->src_port;
	event->dst_port = packet->dst_port;
	event->protocol = packet->protocol;
	event->flags = packet->flags;
	event->tap_role = passage->tap.role;
	event->ifindex = passage->ifindex;
	event->probe = NV_PACKET_PROBE_TAP;
	event->hook = passage->hook;
	event->armed = 1;
	event->left_out = nv_take_left_out(sampling);
	event->seq = packet->seq;
	event->end_seq = packet->seq + packet->payload;
	event->ack = packet->ack;
	event->ip_id = packet->ip_id;
	event->cpu = bpf_get_smp_processor_id();
	event->length = passage->length;
	event->netns = passage->tap.netns;
	nv_submit(event, false);
	return 0;
}

/* Of an armed flow leave all samples within a budget, of others those of rare marks; the rest is counted only. */
static __always_inline bool nv_tells_sample(struct nv_passage *passage, struct nv_budget *budget,
					    __u32 rank, __u32 floor)
{
	if (passage->armed)
		return rank >= NV_RARE_RANK || nv_spend(budget, NV_BUDGET_SAMPLES, nv_now(passage));
	return rank >= floor && rank >= nv_control.sample_floor;
}

static __always_inline void nv_emit_sample(struct nv_passage *passage, struct nv_direction *data,
					   __u32 direction, __u32 rank, __u32 floor,
					   const struct nv_mark_sample *sample)
{
	struct nv_sample_event *event;

	if (!nv_tells_sample(passage, &data->sample_budget, rank, floor))
		return;
	event = nv_reserve(&samples, sizeof(*event), NV_LOSS_SAMPLES_FULL);
	if (!event)
		return;
	__builtin_memset(event, 0, sizeof(*event));
	event->key = passage->key;
	event->direction = direction;
	event->role = passage->tap.role;
	event->sample = *sample;
	nv_submit(event, false);
}

#endif
