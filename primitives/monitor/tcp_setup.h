/* SPDX-License-Identifier: GPL-2.0 */
/* Begin and end of a TCP connection. */
#ifndef NV_TCP_SETUP_H
#define NV_TCP_SETUP_H

#include "rtt.h"
#include "trigger.h"

/* A new connection on old ports: what was learnt of the old one's sequence numbers is void. */
static __always_inline void nv_restart(struct nv_direction *data)
{
	nv_marks_void(data, 0);
	data->progress.in_recovery = 0;
	data->progress.request_ns = 0;
	data->progress.data_seen = 0;
	data->progress.ack_seen = 0;
	data->progress.finished = 0;
	data->progress.doubted = 0;
	data->progress.last_ip_id = 0;
	data->progress.window = NV_WINDOW_OPEN;
	data->progress.hole_end = data->progress.hole_start;
	data->counters.handshake_ns = 0;
	data->counters.outstanding_since_ns = 0;
}

static __always_inline void nv_open_sequence(struct nv_passage *passage, struct nv_direction *mine)
{
	const struct nv_packet *packet = &passage->packet;

	mine->progress.handshake = 1;
	mine->progress.initial_seq = packet->seq;
	mine->progress.window_scale = packet->window_scale;
	mine->progress.data_seen = 1;
	mine->progress.request_ns = nv_now(passage);
	mine->progress.last_data_ms = nv_coarse_ms(passage);
	mine->counters.snd_max = packet->seq + 1;
	mine->counters.outstanding_since_ns = passage->coarse_ns;
}

static __always_inline void nv_tcp_syn(struct nv_passage *passage, struct nv_flow *flow)
{
	__u32 direction = passage->direction & 1;
	struct nv_direction *mine = &flow->direction[direction];
	bool repeat = mine->progress.handshake && mine->progress.initial_seq == passage->packet.seq;

	if (passage->packet.flags & NV_TCP_ACK) {
		mine->counters.syn_acks++;
		if (!repeat)
			nv_open_sequence(passage, mine);
		return;
	}
	mine->counters.syns++;
	if (repeat) {
		mine->counters.syn_retries++;
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_SYN_RETRY), passage, flow,
			 mine->counters.syn_retries, 1);
		return;
	}
	nv_restart(mine);
	nv_restart(&flow->direction[!direction]);
	flow->direction[!direction].progress.handshake = 0;
	flow->client = direction + 1;
	flow->turn = 0;
	nv_open_sequence(passage, mine);
}

/* Nobody waits any more. */
static __always_inline void nv_abandon(struct nv_direction *data)
{
	nv_marks_void(data, data->counters.snd_max);
	data->progress.request_ns = 0;
	data->counters.request_since_ns = 0;
	data->counters.outstanding_since_ns = 0;
}

static __always_inline void nv_tcp_reset(struct nv_passage *passage, struct nv_flow *flow)
{
	__u32 direction = passage->direction & 1;
	struct nv_direction *mine = &flow->direction[direction];
	struct nv_direction *other = &flow->direction[!direction];
	bool waiting = other->progress.handshake && !other->progress.ack_seen &&
		       !mine->progress.handshake;
	bool closed = mine->progress.finished || other->progress.finished;

	mine->counters.resets++;
	if (waiting && passage->packet.flags & NV_TCP_ACK &&
	    passage->packet.ack == other->progress.initial_seq + 1)
		nv_raise(NV_ALERT(!direction, NV_ALERT_KIND_REFUSED), passage, flow,
			 mine->counters.resets, 1);
	else if (flow->turn && !closed)
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_RESET), passage, flow,
			 mine->counters.resets, 1);
	nv_abandon(mine);
	nv_abandon(other);
	mine->progress.finished = 1;
	other->progress.finished = 1;
}

#endif
