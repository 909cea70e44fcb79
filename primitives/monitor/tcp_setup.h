/* SPDX-License-Identifier: GPL-2.0 */
/* Begin and end of a TCP connection. */
#ifndef NV_TCP_SETUP_H
#define NV_TCP_SETUP_H

#include "rtt.h"
#include "trigger.h"

/* A new connection on old ports: what was learnt of the old one's sequence numbers is void. */
static __always_inline void nv_restart(struct nv_flow *flow, struct nv_details *details, __u32 direction)
{
	struct nv_direction *data = &details->direction[direction & 1];
	struct nv_sender *sender = &flow->sender[direction & 1];
	struct nv_stream *stream = &flow->stream[direction & 1];

	nv_marks_void(flow, details, direction, 0);
	*stream = (struct nv_stream){};
	sender->last_ip_id = 0;
	sender->last_tsval = 0;
	data->hole_end = data->hole_start;
	data->counters.handshake_ns = 0;
	sender->request_ns = 0;
}

static __always_inline void nv_open_sequence(struct nv_passage *passage, struct nv_flow *flow,
					     struct nv_details *details)
{
	const struct nv_packet *packet = &passage->packet;
	struct nv_direction *mine = &details->direction[passage->direction & 1];
	struct nv_stream *stream = &flow->stream[passage->direction & 1];

	mine->initial_seq = packet->seq;
	mine->syn_ns = nv_now(passage);
	flow->sender[passage->direction & 1].last_data_ms = nv_coarse_ms(passage);
	stream->handshake = 1;
	stream->shaken = 0;
	stream->window_scale = packet->window_scale;
	stream->data_seen = 1;
	stream->snd_max = packet->seq + 1;
	stream->outstanding_ms = nv_coarse_ms(passage);
}

static __always_inline void nv_tcp_syn(struct nv_passage *passage, struct nv_flow *flow,
				       struct nv_details *details)
{
	__u32 direction = passage->direction & 1;
	struct nv_direction *mine = &details->direction[direction];
	bool repeat = flow->stream[direction].handshake &&
		      mine->initial_seq == passage->packet.seq;

	if (passage->packet.flags & NV_TCP_ACK) {
		mine->counters.syn_acks++;
		if (!repeat)
			nv_open_sequence(passage, flow, details);
		return;
	}
	mine->counters.syns++;
	if (repeat) {
		mine->counters.syn_retries++;
		nv_flight_note(passage, details, NV_FLIGHT(direction, NV_FLIGHT_KIND_SYN_RETRY), 1);
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_SYN_RETRY), passage, details,
			 mine->counters.syn_retries, 1);
		return;
	}
	nv_restart(flow, details, direction);
	nv_restart(flow, details, !direction);
	flow->client = direction + 1;
	flow->turn = 0;
	nv_open_sequence(passage, flow, details);
}

/* Nobody waits any more. */
static __always_inline void nv_abandon(struct nv_flow *flow, struct nv_details *details, __u32 direction)
{
	struct nv_stream *stream = &flow->stream[direction & 1];

	nv_marks_void(flow, details, direction, stream->snd_max);
	stream->outstanding_ms = 0;
	stream->finished = 1;
}

static __always_inline void nv_tcp_reset(struct nv_passage *passage, struct nv_flow *flow,
					 struct nv_details *details)
{
	__u32 direction = passage->direction & 1;
	const struct nv_stream *mine = &flow->stream[direction], *other = &flow->stream[!direction];
	struct nv_flow_counters *counters = &details->direction[direction].counters;
	bool waiting = other->handshake && !other->ack_seen && !mine->handshake;
	bool closed = mine->finished || other->finished;

	counters->resets++;
	nv_flight_note(passage, details, NV_FLIGHT(direction, NV_FLIGHT_KIND_RESET), 1);
	if (waiting && passage->packet.flags & NV_TCP_ACK &&
	    passage->packet.ack == details->direction[!direction].initial_seq + 1)
		nv_raise(NV_ALERT(!direction, NV_ALERT_KIND_REFUSED), passage, details,
			 counters->resets, 1);
	else if (flow->turn && !closed)
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_RESET), passage, details,
			 counters->resets, 1);
	nv_abandon(flow, details, direction);
	nv_abandon(flow, details, !direction);
	nv_request_forget(flow);
}

#endif
