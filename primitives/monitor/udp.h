/* SPDX-License-Identifier: GPL-2.0 */
/* What UDP tells: who answers whom, and how long both were silent. */
#ifndef NV_UDP_H
#define NV_UDP_H

#include "response.h"

#define NV_TWO_WAY_GAP_MS 100
/* A handshake is over by then, and what comes later is no beginning. */
#define NV_YOUNG_PACKETS 8

/* Another CPU's clock may be a tick ahead. */
static __always_inline void nv_two_way_gap(struct nv_passage *passage, struct nv_flow *flow,
					   struct nv_details *details)
{
	struct nv_flow_counters *counters = &details->direction[passage->direction & 1].counters;
	__u32 last_ms = flow->stream[0].last_ms, now_ms = nv_coarse_ms(passage);
	__s32 gap_ms = now_ms - last_ms;

	flow->stream[0].last_ms = now_ms;
	if (!last_ms || gap_ms < NV_TWO_WAY_GAP_MS)
		return;
	counters->two_way_gap_ns += gap_ms * 1000000ULL;
	counters->two_way_gaps++;
	nv_flight_note(passage, details, NV_FLIGHT(passage->direction, NV_FLIGHT_KIND_SILENCE),
		       nv_flight_us(gap_ms * 1000000ULL));
}

static __always_inline void nv_udp(struct nv_passage *passage, struct nv_flow *flow,
				   struct nv_details *details)
{
	struct nv_sender *sender = &flow->sender[passage->direction & 1];

	if (!passage->packet.payload)
		return;
	sender->data_segments += passage->packet.segments;
	passage->young = sender->packets <= NV_YOUNG_PACKETS;
	nv_two_way_gap(passage, flow, details);
	nv_turn(passage, flow, details);
}

#endif
