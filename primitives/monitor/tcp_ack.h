/* SPDX-License-Identifier: GPL-2.0 */
/* The acknowledgment side of a TCP segment: what it says of the data of the other direction. */
#ifndef NV_TCP_ACK_H
#define NV_TCP_ACK_H

#include "rtt.h"

/* `mine` sent the segment, `data` is what it acknowledges. */
static __always_inline void nv_take_window(struct nv_passage *passage, struct nv_flow *flow,
					   const struct nv_direction *mine, struct nv_direction *data)
{
	const struct nv_packet *packet = &passage->packet;
	/* Both ends must offer scaling, and the windows of a handshake are never scaled. */
	bool scaled = mine->window_scale && data->window_scale && !(packet->flags & NV_TCP_SYN);

	data->counters.window_bytes = (__u32)packet->window
				      << (scaled ? (mine->window_scale - 1) & 15 : 0);
	if (packet->window || packet->flags & (NV_TCP_SYN | NV_TCP_FIN))
		return;
	data->counters.zero_windows++;
	nv_raise(NV_ALERT(!passage->direction, NV_ALERT_KIND_ZERO_WINDOW), passage, flow,
		 data->counters.zero_windows, 1);
}

static __always_inline void nv_take_sack(const struct nv_packet *packet, struct nv_direction *data)
{
	data->counters.sack_acks++;
	/* A block at or below the ACK (D-SACK) reports a duplicate, not a hole. */
	if (nv_after(packet->sack_start, packet->ack))
		nv_marks_void(data, data->counters.snd_max);
}

static __always_inline void nv_progress(struct nv_passage *passage, struct nv_flow *flow,
					struct nv_direction *data)
{
	__u32 ack = passage->packet.ack;

	data->counters.ack_max = ack;
	data->ack_seen = 1;
	/* Acknowledged and never seen: it went another way, or before the tap was there. */
	if (data->data_seen && nv_after(ack, data->counters.snd_max)) {
		nv_marks_void(data, ack);
		data->counters.snd_max = ack;
	}
	nv_marks_close(passage, flow, !passage->direction);
	if (data->in_recovery && !nv_after(data->recovery_end, ack))
		data->in_recovery = 0;
	data->counters.outstanding_since_ns =
		data->data_seen && nv_after(data->counters.snd_max, ack) ? passage->coarse_ns : 0;
}

NV_GLOBAL nv_tcp_ack(struct nv_passage *passage, struct nv_flow *flow)
{
	struct nv_direction *mine, *data;
	const struct nv_packet *packet;

	if (!passage || !flow)
		return 0;
	packet = &passage->packet;
	mine = &flow->direction[passage->direction & 1];
	data = &flow->direction[!(passage->direction & 1)];
	if (packet->has_sack)
		nv_take_sack(packet, data);
	if (!data->ack_seen || nv_after(packet->ack, data->counters.ack_max)) {
		nv_progress(passage, flow, data);
	} else if (packet->ack == data->counters.ack_max && !packet->payload &&
		   packet->window == data->last_window && data->counters.outstanding_since_ns &&
		   !(packet->flags & (NV_TCP_SYN | NV_TCP_FIN))) {
		data->counters.duplicate_acks++;
	}
	data->last_window = packet->window;
	nv_take_window(passage, flow, mine, data);
	return 0;
}

#endif
