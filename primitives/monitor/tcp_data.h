/* SPDX-License-Identifier: GPL-2.0 */
/* The data side of a TCP segment: new data, re-sends, holes. */
#ifndef NV_TCP_DATA_H
#define NV_TCP_DATA_H

#include "response.h"
#include "rtt.h"

#define NV_RTO_NS 200000000ull
#define NV_RETRANSMISSION_WINDOW_MS 1000
#define NV_RETRANSMISSIONS_TO_ALERT 3

#define NV_IDLE_NS 20000000ull

/*
 * The first data of a turn, or after a pause, with nothing outstanding. That nothing is outstanding is not enough: a
 * tap near the receiver, where ACKs return at once, would take every packet of a stream for the first.
 */
static __always_inline bool nv_is_idle(const struct nv_passage *passage, const struct nv_flow *flow,
				       const struct nv_direction *data)
{
	if (!data->ack_seen || nv_after(data->counters.snd_max, data->counters.ack_max))
		return false;
	return flow->turn != (passage->direction & 1) + 1 ||
	       passage->coarse_ns - data->last_data_ns >= NV_IDLE_NS;
}

/* A keep-alive repeats the last acknowledged byte; a probe of a closed window tries its first byte. */
static __always_inline bool nv_is_probe(const struct nv_packet *packet, const struct nv_direction *data)
{
	__u32 ack_max = data->counters.ack_max;

	if (packet->payload > 1 || !data->ack_seen || packet->flags & (NV_TCP_SYN | NV_TCP_FIN))
		return false;
	if (packet->seq == ack_max - 1)
		return true;
	return packet->payload && !data->counters.window_bytes &&
	       !nv_after(packet->seq + packet->payload, data->counters.snd_max);
}

/* A re-send gets a new, higher IP ID; an older one was overtaken on its way here. */
static __always_inline bool nv_was_overtaken(const struct nv_packet *packet,
					     const struct nv_direction *data)
{
	return packet->ip_id && data->last_ip_id && (__s16)(packet->ip_id - data->last_ip_id) < 0;
}

static __always_inline void nv_note_retransmission(struct nv_passage *passage, struct nv_flow *flow,
						   struct nv_direction *data)
{
	__u32 now_ms = nv_coarse_ms(passage);

	if (now_ms - data->retransmission_window_ms >= NV_RETRANSMISSION_WINDOW_MS) {
		data->retransmission_window_ms = now_ms;
		data->retransmissions_in_window = 0;
	}
	data->retransmissions_in_window += passage->packet.segments;
	if (data->retransmissions_in_window >= NV_RETRANSMISSIONS_TO_ALERT)
		nv_raise(NV_ALERT(passage->direction, NV_ALERT_KIND_RETRANSMISSION), passage,
			 flow, data->retransmissions_in_window, NV_RETRANSMISSIONS_TO_ALERT);
}

static __always_inline void nv_resend(struct nv_passage *passage, struct nv_flow *flow,
				      struct nv_direction *data)
{
	const struct nv_packet *packet = &passage->packet;

	data->counters.retransmitted_segments += packet->segments;
	data->counters.retransmitted_bytes += packet->payload;
	nv_marks_void(data, data->counters.snd_max);
	if (nv_now(passage) - data->last_data_ns >= NV_RTO_NS) {
		data->counters.rto_retransmissions++;
		nv_raise(NV_ALERT(passage->direction, NV_ALERT_KIND_RTO), passage, flow,
			 data->counters.rto_retransmissions, 1);
	}
	nv_note_retransmission(passage, flow, data);
}

static __always_inline void nv_outstanding_from(struct nv_direction *data, __u64 now_ns)
{
	if (!data->counters.outstanding_since_ns)
		data->counters.outstanding_since_ns = now_ns;
}

/* Data that reach beyond the highest end seen. */
static __always_inline void nv_new_data(struct nv_passage *passage, struct nv_flow *flow,
					struct nv_direction *data, __u32 end)
{
	const struct nv_packet *packet = &passage->packet;
	__u32 snd_max = data->counters.snd_max;
	bool first = !data->data_seen, idle = nv_is_idle(passage, flow, data);
	bool hole = !first && nv_after(packet->seq, snd_max);
	bool overlap = !first && nv_after(snd_max, packet->seq);

	if (hole) {
		data->counters.holes++;
		nv_marks_void(data, end);
	} else if (overlap) {
		nv_resend(passage, flow, data);
		nv_marks_void(data, end);
	} else if (!data->in_recovery && !first) {
		nv_marks_open(passage, data, packet->seq, end, idle);
	}
	data->counters.snd_max = end;
	data->data_seen = 1;
	data->last_ip_id = packet->ip_id;
	nv_outstanding_from(data, passage->coarse_ns);
	if (packet->payload)
		nv_turn(passage, flow);
}

/* A segment with payload or FIN. */
NV_GLOBAL nv_tcp_data(struct nv_passage *passage, struct nv_flow *flow)
{
	const struct nv_packet *packet;
	struct nv_direction *data;
	__u32 end;

	if (!passage || !flow)
		return 0;
	packet = &passage->packet;
	data = &flow->direction[passage->direction & 1];
	end = packet->seq + packet->payload + !!(packet->flags & NV_TCP_FIN);
	if (nv_is_probe(packet, data))
		return 0;
	if (packet->payload)
		data->counters.data_segments += packet->segments;
	if (!data->data_seen || nv_after(end, data->counters.snd_max))
		nv_new_data(passage, flow, data, end);
	else if (packet->payload && !nv_was_overtaken(packet, data))
		nv_resend(passage, flow, data);
	if (packet->ip_id && !nv_was_overtaken(packet, data))
		data->last_ip_id = packet->ip_id + packet->segments - 1;
	data->last_data_ns = passage->coarse_ns;
	return 0;
}

#endif
