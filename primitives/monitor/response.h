/* SPDX-License-Identifier: GPL-2.0 */
/* Request to response: from the first data of the client's turn to the first data that answer it. */
#ifndef NV_RESPONSE_H
#define NV_RESPONSE_H

#include "dns/dns_pending.h"
#include "rtt.h"

#define NV_EPHEMERAL_FROM 32768

/* Without the handshake the ephemeral port tells the client; 0 if both or none have one. */
static __always_inline __u8 nv_guess_client(const struct nv_flow_key *key)
{
	bool lo = key->lo_port >= NV_EPHEMERAL_FROM, hi = key->hi_port >= NV_EPHEMERAL_FROM;

	return lo == hi ? 0 : lo ? 1 : 2;
}

/*
 * A question and its answer are a sample, where no mark tells of them: datagrams, which nothing acknowledges, and requests
 * that were acknowledged before they were answered. Names have a ledger of their own.
 */
static __always_inline bool nv_is_exchange(const struct nv_passage *passage, const struct nv_flow *flow,
					   __u32 direction)
{
	const struct nv_packet *packet = &passage->packet;

	if (packet->protocol == IPPROTO_TCP)
		return !passage->answered && !flow->stream[direction & 1].in_recovery;
	return packet->src_port != NV_DNS_PORT && packet->dst_port != NV_DNS_PORT;
}

/* Known by the request's first byte, or by its datagram (datagram.h): taps tell of the same ones. */
NV_GLOBAL nv_exchange_tell(struct nv_passage *passage, const struct nv_flow *flow, struct nv_details *details,
			   __u32 direction)
{
	struct nv_mark_sample sample = {};
	const struct nv_sender *asker;
	struct nv_direction *data;

	if (!passage || !flow || !details)
		return 0;
	data = &details->direction[direction & 1];
	asker = &flow->sender[direction & 1];
	sample.start_ns = asker->request_ns;
	sample.turnaround_ns = nv_now(passage) - asker->request_ns;
	sample.mark = asker->request_seq;
	sample.closing_ack = passage->packet.protocol == IPPROTO_TCP ? passage->packet.ack :
								       passage->packet.seq;
	sample.class = NV_SAMPLE_CLASS_ANSWER;
	sample.piggyback = 1;
	nv_count_mark(&data->marks, nv_coarse_ms(passage));
	nv_emit_sample(passage, data, direction, nv_mark_rank(sample.mark), nv_mark_floor(&data->marks),
		       &sample);
	return 0;
}

NV_GLOBAL nv_response_close(struct nv_passage *passage, struct nv_flow *flow, struct nv_details *details,
			    __u32 direction)
{
	struct nv_direction *request;
	struct nv_sender *asker;
	__u64 taken_ns, threshold;

	if (!passage || !flow || !details)
		return 0;
	request = &details->direction[direction & 1];
	asker = &flow->sender[direction & 1];
	taken_ns = nv_now(passage) - asker->request_ns;
	threshold = nv_shift_threshold(&request->judgement.response);
	if (nv_is_exchange(passage, flow, direction))
		nv_exchange_tell(passage, flow, details, direction);
	flow->stream[direction & 1].asked = 0;
	asker->request_ns = 0;
	request->counters.responses++;
	request->counters.response_sum_ns += taken_ns;
	nv_histogram_add(request->counters.response_hist, taken_ns);
	nv_flight_value(passage, details, &request->judgement.largest,
			NV_FLIGHT(direction, NV_FLIGHT_KIND_RESPONSE), taken_ns);
	if (request->judgement.response.samples < NV_SHIFT_WARM_UP)
		nv_judge_service(passage, flow, direction, NV_ALERT_KIND_RESPONSE_SHIFT, taken_ns);
	if (nv_shift_update(&request->judgement.response, taken_ns, nv_coarse_ms(passage)))
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_RESPONSE_SHIFT), passage, details, taken_ns,
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
		flow->sender[i].request_ns = 0;
	}
}

static __always_inline void nv_request_open(struct nv_passage *passage, struct nv_flow *flow)
{
	__u32 direction = passage->direction & 1;
	struct nv_sender *mine = &flow->sender[direction];

	flow->stream[direction].asked = 1;
	mine->request_ns = nv_now(passage);
	mine->request_seq = passage->packet.seq;
}

/* Data of passage->direction that were not seen before. */
static __always_inline void nv_turn(struct nv_passage *passage, struct nv_flow *flow,
				    struct nv_details *details)
{
	const struct nv_packet *packet = &passage->packet;
	__u32 direction = passage->direction & 1;

	/* Data that crossed the request on their way do not answer it. */
	if (flow->stream[!direction].asked &&
	    (packet->protocol != IPPROTO_TCP || nv_after(packet->ack, flow->sender[!direction].request_seq)))
		nv_response_close(passage, flow, details, !direction);
	if (flow->turn == direction + 1)
		return;
	flow->turn = direction + 1;
	if (!flow->client)
		flow->client = nv_guess_client(&passage->key.flow);
	if (flow->client == direction + 1 && !flow->stream[direction].asked)
		nv_request_open(passage, flow);
}

#endif
