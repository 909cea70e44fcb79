/* SPDX-License-Identifier: GPL-2.0 */
/* The acknowledgment side of a TCP segment: what it says of the data of the other direction. */
#ifndef NV_TCP_ACK_H
#define NV_TCP_ACK_H

#include "rtt.h"

#define NV_STALL_NS 200000000ull

/* Adds the time that the window has been as it is, up to now. */
static __always_inline void nv_account_window(struct nv_direction *data, __u32 now_ms)
{
	struct nv_progress *progress = &data->progress;
	__u64 ns = (__u64)(now_ms - progress->window_since_ms) * 1000000;

	if (progress->window == NV_WINDOW_SHUT)
		data->counters.zero_window_ns += ns;
	else if (progress->window == NV_WINDOW_SMALL)
		data->counters.small_window_ns += ns;
	progress->window_since_ms = now_ms;
}

/* The slow side: a window that is, or just was, too small for two full segments. */
NV_GLOBAL nv_tight_window(struct nv_passage *passage, struct nv_flow *flow, __u32 direction)
{
	struct nv_direction *data;
	__u32 window;

	if (!passage || !flow)
		return 0;
	data = &flow->direction[direction & 1];
	window = data->counters.window_bytes;
	nv_account_window(data, nv_coarse_ms(passage));
	data->progress.window = !window ? NV_WINDOW_SHUT :
				window < 2u * data->progress.largest_segment ? NV_WINDOW_SMALL :
									       NV_WINDOW_OPEN;
	if (data->progress.window == NV_WINDOW_SMALL)
		data->counters.small_windows++;
	if (data->progress.window != NV_WINDOW_SHUT)
		return 0;
	data->counters.zero_windows++;
	nv_raise(NV_ALERT(direction, NV_ALERT_KIND_ZERO_WINDOW), passage, flow,
		 data->counters.zero_windows, 1);
	return 0;
}

/* `mine` sent the segment, `data` is what it acknowledges. */
static __always_inline void nv_take_window(struct nv_passage *passage, struct nv_flow *flow,
					   const struct nv_direction *mine, struct nv_direction *data)
{
	const struct nv_packet *packet = &passage->packet;
	__u32 window = packet->window;

	/* Both ends must offer scaling, and the windows of a handshake are never scaled. */
	if (mine->progress.window_scale && data->progress.window_scale &&
	    !(packet->flags & NV_TCP_SYN))
		window <<= (mine->progress.window_scale - 1) & 15;
	data->counters.window_bytes = window;
	if (packet->flags & (NV_TCP_SYN | NV_TCP_FIN))
		return;
	if (window < 2u * data->progress.largest_segment || !window ||
	    data->progress.window != NV_WINDOW_OPEN)
		nv_tight_window(passage, flow, !(passage->direction & 1));
}

static __always_inline void nv_take_sack(const struct nv_packet *packet, struct nv_direction *data)
{
	data->counters.sack_acks++;
	/* A block at or below the ACK (D-SACK) reports a duplicate, not a hole. */
	if (nv_after(packet->sack_start, packet->ack)) {
		data->progress.doubted = 1;
		nv_marks_void(data, data->counters.snd_max);
	}
}

/* The ACK of a SYN or SYN-ACK. */
static __always_inline void nv_shake_hands(struct nv_passage *passage, struct nv_direction *data)
{
	struct nv_progress *progress = &data->progress;

	if (!progress->handshake || data->counters.handshake_ns || !progress->request_ns ||
	    !nv_after(passage->packet.ack, progress->initial_seq))
		return;
	data->counters.handshake_ns = nv_now(passage) - progress->request_ns;
	progress->request_ns = 0;
}

static __always_inline void nv_note_stall(const struct nv_passage *passage, struct nv_direction *data)
{
	__u64 since = data->counters.outstanding_since_ns;

	if (since && passage->coarse_ns - since >= NV_STALL_NS)
		data->counters.stalled_ns += passage->coarse_ns - since;
}

static __always_inline void nv_progress_to(struct nv_passage *passage, struct nv_flow *flow,
					   struct nv_direction *data)
{
	struct nv_progress *progress = &data->progress;
	__u32 ack = passage->packet.ack;

	if (!data->counters.handshake_ns)
		nv_shake_hands(passage, data);
	data->counters.ack_max = ack;
	progress->ack_seen = 1;
	progress->doubted = 0;
	/* Acknowledged and never seen: it went another way, or before the tap was there. */
	if (progress->data_seen && nv_after(ack, data->counters.snd_max)) {
		nv_marks_void(data, ack);
		data->counters.snd_max = ack;
	}
	nv_marks_close(passage, flow, !(passage->direction & 1));
	if (progress->in_recovery && !nv_after(progress->recovery_end, ack))
		progress->in_recovery = 0;
	nv_note_stall(passage, data);
	data->counters.outstanding_since_ns =
		progress->data_seen && nv_after(data->counters.snd_max, ack) ? passage->coarse_ns : 0;
}

static __always_inline bool nv_is_duplicate_ack(const struct nv_packet *packet,
						const struct nv_direction *data)
{
	return packet->ack == data->counters.ack_max && !packet->payload &&
	       packet->window == data->progress.last_window &&
	       data->counters.outstanding_since_ns && !(packet->flags & (NV_TCP_SYN | NV_TCP_FIN));
}

static __always_inline void nv_tcp_ack(struct nv_passage *passage, struct nv_flow *flow)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_direction *mine = &flow->direction[passage->direction & 1];
	struct nv_direction *data = &flow->direction[!(passage->direction & 1)];

	if (packet->has_sack)
		nv_take_sack(packet, data);
	if (packet->flags & NV_TCP_ECE && !(packet->flags & NV_TCP_SYN))
		data->counters.ecn_echoes++;
	if (!data->progress.ack_seen || nv_after(packet->ack, data->counters.ack_max)) {
		nv_progress_to(passage, flow, data);
	} else if (nv_is_duplicate_ack(packet, data)) {
		data->counters.duplicate_acks++;
		data->progress.doubted = 1;
	}
	data->progress.last_window = packet->window;
	nv_take_window(passage, flow, mine, data);
}

#endif
