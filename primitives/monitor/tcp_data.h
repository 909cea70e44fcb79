/* SPDX-License-Identifier: GPL-2.0 */
/* The data side of a TCP segment: new data, re-sends, holes. */
#ifndef NV_TCP_DATA_H
#define NV_TCP_DATA_H

#include "response.h"
#include "rtt.h"

/* The least RTO of Linux is 200 ms (TCP_RTO_MIN); two reads of the coarse clock may make 4 ms less of it. */
#define NV_RTO_MS 190
#define NV_RETRANSMISSION_WINDOW_MS 1000
#define NV_RETRANSMISSIONS_TO_ALERT 3

#define NV_IDLE_MS 20

/*
 * The first data of a turn, or after a pause, with nothing outstanding. That nothing is outstanding is not enough: a
 * tap near the receiver, where ACKs return at once, would take every packet of a stream for the first.
 */
static __always_inline bool nv_is_idle(const struct nv_passage *passage, const struct nv_flow *flow)
{
	__u32 direction = passage->direction & 1;
	const struct nv_stream *stream = &flow->stream[direction];

	if (!stream->ack_seen || nv_after(stream->snd_max, stream->ack_max))
		return false;
	return flow->turn != direction + 1 ||
	       nv_coarse_ms(passage) - flow->sender[direction].last_data_ms >= NV_IDLE_MS;
}

/* A keep-alive repeats the last acknowledged byte; a probe of a closed window tries its first byte. */
static __always_inline bool nv_is_probe(const struct nv_packet *packet, const struct nv_stream *stream)
{
	if (packet->payload > 1 || !stream->ack_seen || packet->flags & (NV_TCP_SYN | NV_TCP_FIN))
		return false;
	if (packet->seq == stream->ack_max - 1)
		return true;
	return packet->payload && !stream->window_bytes &&
	       !nv_after(packet->seq + packet->payload, stream->snd_max);
}

/*
 * A re-send gets a new, higher IP ID; an older one was overtaken on its way here. Without IDs (IPv6) the sender's
 * timestamp tells, where it ticked in between.
 */
static __always_inline bool nv_was_overtaken(const struct nv_packet *packet,
					     const struct nv_sender *sender)
{
	if (packet->ip_id && sender->last_ip_id)
		return (__s16)(packet->ip_id - sender->last_ip_id) < 0;
	return packet->has_timestamp && sender->last_tsval &&
	       (__s32)(packet->tsval - sender->last_tsval) < 0;
}

static __always_inline void nv_note_retransmission(struct nv_passage *passage,
						   struct nv_details *details)
{
	struct nv_direction *data = &details->direction[passage->direction & 1];
	__u32 now_ms = nv_coarse_ms(passage);

	if (now_ms - data->retransmission_window_ms >= NV_RETRANSMISSION_WINDOW_MS) {
		data->retransmission_window_ms = now_ms;
		data->retransmissions_in_window = 0;
	}
	data->retransmissions_in_window += passage->packet.segments;
	if (data->retransmissions_in_window >= NV_RETRANSMISSIONS_TO_ALERT)
		nv_raise(NV_ALERT(passage->direction, NV_ALERT_KIND_RETRANSMISSION), passage,
			 details, data->retransmissions_in_window, NV_RETRANSMISSIONS_TO_ALERT);
}

/* Bytes of [seq, end) in the latest stretch that was skipped: here for the first time. */
static __always_inline void nv_fill_hole(struct nv_direction *data, __u32 seq, __u32 end)
{
	if (nv_after(data->hole_start, seq))
		seq = data->hole_start;
	if (nv_after(end, data->hole_end))
		end = data->hole_end;
	if (!nv_after(end, seq))
		return;
	data->counters.filled_bytes += end - seq;
	/* Holes are filled from the front nearly always; of one filled from behind the front is kept. */
	if (seq == data->hole_start)
		data->hole_start = end;
	else
		data->hole_end = seq;
}

NV_GLOBAL nv_resend(struct nv_passage *passage, struct nv_flow *flow, struct nv_details *details)
{
	const struct nv_packet *packet;
	struct nv_direction *data;
	struct nv_stream *stream;

	if (!passage || !flow || !details)
		return 0;
	packet = &passage->packet;
	data = &details->direction[passage->direction & 1];
	stream = &flow->stream[passage->direction & 1];
	data->counters.retransmitted_segments += packet->segments;
	data->counters.retransmitted_bytes += packet->payload;
	nv_fill_hole(data, packet->seq, packet->seq + packet->payload);
	nv_marks_void(flow, details, passage->direction, stream->snd_max);
	if (nv_coarse_ms(passage) - flow->sender[passage->direction & 1].last_data_ms >= NV_RTO_MS) {
		data->counters.rto_retransmissions += packet->segments;
		nv_flight_note(passage, details, NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_RTO),
			       packet->segments);
		nv_raise(NV_ALERT(passage->direction, NV_ALERT_KIND_RTO), passage, details,
			 data->counters.rto_retransmissions, 1);
	} else if (stream->doubted) {
		data->counters.fast_retransmissions += packet->segments;
		nv_flight_note(passage, details,
			       NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_FAST_RETRANSMISSION),
			       packet->segments);
	} else {
		nv_flight_note(passage, details,
			       NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_RETRANSMISSION),
			       packet->segments);
	}
	nv_note_retransmission(passage, details);
	return 0;
}

NV_GLOBAL nv_skip(struct nv_passage *passage, struct nv_details *details, __u32 from, __u32 to)
{
	struct nv_direction *data;

	if (!passage || !details)
		return 0;
	data = &details->direction[passage->direction & 1];
	data->counters.holes++;
	data->counters.hole_bytes += to - from;
	data->hole_start = from;
	data->hole_end = to;
	nv_flight_note(passage, details, NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_HOLE), to - from);
	return 0;
}

/* Data that reach beyond the highest end seen. */
static __always_inline void nv_new_data(struct nv_passage *passage, struct nv_flow *flow,
					struct nv_details *details, __u32 end)
{
	const struct nv_packet *packet = &passage->packet;
	__u32 direction = passage->direction & 1;
	struct nv_stream *stream = &flow->stream[direction];
	__u32 snd_max = stream->snd_max;

	if (!stream->data_seen) {
		stream->data_seen = 1;
	} else if (packet->seq != snd_max) {
		if (nv_after(packet->seq, snd_max))
			nv_skip(passage, details, snd_max, packet->seq);
		else
			nv_resend(passage, flow, details);
		nv_marks_void(flow, details, direction, end);
	} else if (!stream->in_recovery) {
		nv_marks_open(passage, flow, &details->direction[direction].marks, end,
			      nv_is_idle(passage, flow));
	}
	stream->snd_max = end;
	if (!stream->outstanding_ms)
		stream->outstanding_ms = nv_coarse_ms(passage);
	if (packet->payload)
		nv_turn(passage, flow, details);
}

/* Nothing but what was seen already. */
static __always_inline void nv_old_data(struct nv_passage *passage, struct nv_flow *flow,
					struct nv_details *details)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_direction *data = &details->direction[passage->direction & 1];

	if (!nv_was_overtaken(packet, &flow->sender[passage->direction & 1])) {
		nv_resend(passage, flow, details);
		return;
	}
	data->counters.overtaken += packet->segments;
	nv_flight_note(passage, details, NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_OVERTAKEN),
		       packet->segments);
	nv_fill_hole(data, packet->seq, packet->seq + packet->payload);
	/* It may be a re-send that new data overtook. */
	nv_marks_void(flow, details, passage->direction, flow->stream[passage->direction & 1].snd_max);
}

static __always_inline void nv_note_segment(const struct nv_packet *packet, struct nv_sender *sender,
					    struct nv_stream *stream)
{
	__u32 size = packet->segments > 1 ? packet->payload / packet->segments : packet->payload;

	if (!packet->payload)
		return;
	sender->data_segments += packet->segments;
	if (size > stream->largest_segment)
		stream->largest_segment = size > 0xffff ? 0xffff : size;
}

/* A segment with payload or FIN. */
static __always_inline void nv_tcp_data(struct nv_passage *passage, struct nv_flow *flow,
					struct nv_details *details)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_stream *stream = &flow->stream[passage->direction & 1];
	struct nv_sender *sender = &flow->sender[passage->direction & 1];
	__u32 end = packet->seq + packet->payload + !!(packet->flags & NV_TCP_FIN);

	if (packet->payload <= 1 && nv_is_probe(packet, stream)) {
		details->direction[passage->direction & 1].counters.probes++;
		return;
	}
	nv_note_segment(packet, sender, stream);
	if (!stream->data_seen || nv_after(end, stream->snd_max))
		nv_new_data(passage, flow, details, end);
	else
		nv_old_data(passage, flow, details);
	if (!nv_was_overtaken(packet, sender)) {
		sender->last_ip_id = packet->ip_id ? packet->ip_id + packet->segments - 1 : 0;
		sender->last_tsval = packet->tsval;
	}
	sender->last_data_ms = nv_coarse_ms(passage);
}

#endif
