/* SPDX-License-Identifier: GPL-2.0 */
/* What every packet adds, whatever its protocol. */
#ifndef NV_COUNTERS_H
#define NV_COUNTERS_H

#include "flow.h"

static __always_inline void nv_count_packet(const struct nv_passage *passage,
					    struct nv_sender *sender,
					    struct nv_flow_counters *counters)
{
	const struct nv_packet *packet = &passage->packet;

	/* The headers that segmentation will add are counted before and after it alike. */
	sender->wire_bytes += packet->ip_bytes + (packet->segments - 1) * packet->header_bytes;
	sender->payload_bytes += packet->payload;
	sender->last_seen_ns = passage->coarse_ns;
	if (!sender->packets && !counters->first_seen_ns)
		counters->first_seen_ns = passage->coarse_ns;
	sender->packets++;
	if (packet->ecn_ce)
		counters->ecn_ce++;
}

#endif
