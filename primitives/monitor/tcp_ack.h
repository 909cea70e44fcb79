/* SPDX-License-Identifier: GPL-2.0 */
/* The acknowledgment side of a TCP segment: what it says of the data of the other direction. */
#ifndef NV_TCP_ACK_H
#define NV_TCP_ACK_H

#include "rtt.h"

#define NV_STALL_MS 200

/* Adds the time that the window has been as it is, up to now. */
static __always_inline void nv_account_window(struct nv_direction *data, __u8 window, __u32 now_ms)
{
	__u64 ns = (__u64)(now_ms - data->judgement.window_since_ms) * 1000000;

	if (window == NV_WINDOW_SHUT)
		data->counters.zero_window_ns += ns;
	else if (window == NV_WINDOW_SMALL)
		data->counters.small_window_ns += ns;
	data->judgement.window_since_ms = now_ms;
}

/* The slow side: a window that is, or just was, too small for two full segments. */
NV_GLOBAL nv_tight_window(struct nv_passage *passage, struct nv_flow *flow, struct nv_details *details,
			  __u32 direction)
{
	struct nv_direction *data;
	struct nv_stream *stream;
	__u32 bytes, before;

	if (!passage || !flow || !details)
		return 0;
	data = &details->direction[direction & 1];
	stream = &flow->stream[direction & 1];
	bytes = stream->window_bytes;
	before = stream->window;
	nv_account_window(data, stream->window, nv_coarse_ms(passage));
	stream->window = !bytes ? NV_WINDOW_SHUT :
			 bytes < 2u * stream->largest_segment ? NV_WINDOW_SMALL :
								NV_WINDOW_OPEN;
	if (stream->window != before)
		nv_flight_note(passage, details,
			       NV_FLIGHT(direction, NV_FLIGHT_KIND_WINDOW_OPEN + stream->window), bytes);
	if (stream->window == NV_WINDOW_SMALL)
		data->counters.small_windows++;
	if (stream->window != NV_WINDOW_SHUT)
		return 0;
	data->counters.zero_windows++;
	nv_raise(NV_ALERT(direction, NV_ALERT_KIND_ZERO_WINDOW), passage, details,
		 data->counters.zero_windows, 1);
	return 0;
}

/* The window that the sender of the packet advertises for the other's data. */
static __always_inline void nv_take_window(struct nv_passage *passage, struct nv_flow *flow,
					   struct nv_details *details)
{
	__u32 direction = passage->direction & 1;
	const struct nv_packet *packet = &passage->packet;
	const struct nv_stream *mine = &flow->stream[direction];
	struct nv_stream *stream = &flow->stream[!direction];
	__u32 bytes = packet->window;

	/* Both ends must offer scaling, and the windows of a handshake are never scaled. */
	if (mine->window_scale && stream->window_scale && !(packet->flags & NV_TCP_SYN))
		bytes <<= (mine->window_scale - 1) & 15;
	stream->window_bytes = bytes;
	if (packet->flags & (NV_TCP_SYN | NV_TCP_FIN))
		return;
	if (!bytes || bytes < 2u * stream->largest_segment || stream->window != NV_WINDOW_OPEN)
		nv_tight_window(passage, flow, details, !direction);
}

static __always_inline void nv_take_sack(const struct nv_packet *packet, struct nv_flow *flow,
					 struct nv_details *details, __u32 direction)
{
	struct nv_flow_counters *counters = &details->direction[direction & 1].counters;
	struct nv_stream *stream = &flow->stream[direction & 1];

	counters->sack_acks++;
	counters->sack_blocks += packet->sack_blocks;
	counters->dsacks += packet->dsack;
	/* The first block of a D-SACK reports a duplicate, not a hole; those behind it report holes. */
	if (packet->dsack && packet->sack_blocks == 1)
		return;
	stream->doubted = 1;
	nv_marks_void(flow, details, direction, stream->snd_max);
}

/* The ACK of a SYN or SYN-ACK. */
static __always_inline void nv_shake_hands(struct nv_passage *passage, struct nv_stream *stream,
					   struct nv_details *details, __u32 direction)
{
	struct nv_direction *data = &details->direction[direction & 1];

	if (!nv_after(passage->packet.ack, data->initial_seq))
		return;
	stream->shaken = 1;
	data->counters.handshake_ns = nv_now(passage) - data->syn_ns;
	nv_flight_note(passage, details, NV_FLIGHT(direction, NV_FLIGHT_KIND_HANDSHAKE),
		       nv_flight_us(data->counters.handshake_ns));
}

static __always_inline void nv_note_stall(struct nv_passage *passage, struct nv_stream *stream,
					  struct nv_details *details, __u32 direction)
{
	__u32 stalled_ms = nv_coarse_ms(passage) - stream->outstanding_ms;

	if (!stream->outstanding_ms || stalled_ms < NV_STALL_MS)
		return;
	details->direction[direction & 1].counters.stalled_ns += stalled_ms * 1000000ull;
	nv_flight_note(passage, details, NV_FLIGHT(direction, NV_FLIGHT_KIND_STALL),
		       nv_flight_us(stalled_ms * 1000000ull));
}

static __always_inline void nv_progress_to(struct nv_passage *passage, struct nv_flow *flow,
					   struct nv_details *details, __u32 direction)
{
	struct nv_stream *stream = &flow->stream[direction & 1];
	__u32 ack = passage->packet.ack;

	if (stream->handshake && !stream->shaken)
		nv_shake_hands(passage, stream, details, direction);
	stream->ack_max = ack;
	stream->ack_seen = 1;
	stream->doubted = 0;
	/* Acknowledged and never seen: it went another way, or before the tap was there. */
	if (stream->data_seen && nv_after(ack, stream->snd_max)) {
		nv_marks_void(flow, details, direction, ack);
		stream->snd_max = ack;
	}
	nv_marks_close(passage, flow, details, direction);
	if (stream->in_recovery && !nv_after(stream->recovery_end, ack))
		stream->in_recovery = 0;
	nv_note_stall(passage, stream, details, direction);
	stream->outstanding_ms = stream->data_seen && nv_after(stream->snd_max, ack) ?
					 nv_coarse_ms(passage) :
					 0;
}

static __always_inline bool nv_is_duplicate_ack(const struct nv_packet *packet,
						const struct nv_stream *stream, __u16 last_window)
{
	return packet->ack == stream->ack_max && !packet->payload &&
	       packet->window == last_window && stream->outstanding_ms &&
	       !(packet->flags & (NV_TCP_SYN | NV_TCP_FIN));
}

static __always_inline void nv_tcp_ack(struct nv_passage *passage, struct nv_flow *flow,
				       struct nv_details *details)
{
	const struct nv_packet *packet = &passage->packet;
	__u32 direction = !(passage->direction & 1);
	struct nv_sender *mine = &flow->sender[passage->direction & 1];
	struct nv_stream *stream = &flow->stream[direction];

	if (packet->has_sack)
		nv_take_sack(packet, flow, details, direction);
	if (packet->flags & NV_TCP_ECE && !(packet->flags & NV_TCP_SYN))
		details->direction[direction].counters.ecn_echoes++;
	if (!stream->ack_seen || nv_after(packet->ack, stream->ack_max)) {
		nv_progress_to(passage, flow, details, direction);
	} else if (nv_is_duplicate_ack(packet, stream, mine->last_window)) {
		details->direction[direction].counters.duplicate_acks++;
		stream->doubted = 1;
	}
	mine->last_window = packet->window;
	nv_take_window(passage, flow, details);
}

#endif
