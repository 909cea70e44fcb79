/* SPDX-License-Identifier: GPL-2.0 */
/* Request to response: from the first data of the client's turn to the first data that answer it. */
#ifndef NV_RESPONSE_H
#define NV_RESPONSE_H

#include "histogram.h"
#include "shift.h"
#include "trigger.h"

#define NV_EPHEMERAL_FROM 32768

/* Without the handshake the ephemeral port tells the client; 0 if both or none have one. */
static __always_inline __u8 nv_guess_client(const struct nv_flow_key *key)
{
	bool lo = key->lo_port >= NV_EPHEMERAL_FROM, hi = key->hi_port >= NV_EPHEMERAL_FROM;

	return lo == hi ? 0 : lo ? 1 : 2;
}

NV_GLOBAL nv_response_close(struct nv_passage *passage, struct nv_flow *flow, __u32 direction)
{
	struct nv_direction *request;
	__u64 taken_ns, threshold;

	if (!passage || !flow)
		return 0;
	request = &flow->direction[direction & 1];
	taken_ns = nv_now(passage) - request->sender.request_ns;
	threshold = nv_shift_threshold(&request->judgement.response);
	flow->stream[direction & 1].asked = 0;
	request->counters.request_since_ns = 0;
	request->counters.responses++;
	request->counters.response_sum_ns += taken_ns;
	nv_histogram_add(request->counters.response_hist, taken_ns);
	if (nv_shift_update(&request->judgement.response, taken_ns, nv_coarse_ms(passage)))
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_RESPONSE_SHIFT), passage, flow, taken_ns,
			 threshold);
	if (request->judgement.response.samples >= NV_SHIFT_WARM_UP)
		request->counters.response_mean_us = request->judgement.response.mean_ns / 1000;
	return 0;
}

/* Nobody waits for an answer on a connection that is closed. */
static __always_inline void nv_request_forget(struct nv_flow *flow)
{
	for (int i = 0; i < 2; i++) {
		flow->stream[i].asked = 0;
		flow->direction[i].counters.request_since_ns = 0;
	}
}

static __always_inline void nv_request_open(struct nv_passage *passage, struct nv_flow *flow)
{
	__u32 direction = passage->direction & 1;
	struct nv_direction *mine = &flow->direction[direction];

	flow->stream[direction].asked = 1;
	mine->sender.request_ns = nv_now(passage);
	mine->sender.request_seq = passage->packet.seq;
	mine->counters.request_since_ns = passage->coarse_ns;
}

/* Data of passage->direction that were not seen before. */
static __always_inline void nv_turn(struct nv_passage *passage, struct nv_flow *flow)
{
	const struct nv_packet *packet = &passage->packet;
	__u32 direction = passage->direction & 1;
	struct nv_direction *other = &flow->direction[!direction];

	/* Data that crossed the request on their way do not answer it. */
	if (flow->stream[!direction].asked &&
	    (packet->protocol != IPPROTO_TCP || nv_after(packet->ack, other->sender.request_seq)))
		nv_response_close(passage, flow, !direction);
	if (flow->turn == direction + 1)
		return;
	flow->turn = direction + 1;
	if (!flow->client)
		flow->client = nv_guess_client(&passage->key.flow);
	if (flow->client == direction + 1 && !flow->stream[direction].asked)
		nv_request_open(passage, flow);
}

#endif
