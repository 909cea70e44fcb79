/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flows that are armed: one, or, with 0 for a port, all between two addresses that have the other port. Who asks
 * from a new port each time, as for names, is gone before its flow could be armed. Written by armed-flows.ts.
 */
#ifndef NV_ARMED_FLOWS_H
#define NV_ARMED_FLOWS_H

#include <bpf/bpf_helpers.h>
#include "flow_key.h"

#define NV_MAX_ARMED 1024

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NV_MAX_ARMED);
	__type(key, struct nv_flow_key);
	__type(value, __u8);
} nv_armed SEC(".maps");

/* Alone in its section, which is written whole. */
struct {
	__u32 any_service; /* spares two look-ups while none is armed */
} nv_armed_kinds SEC(".data.armed") = {};

static __always_inline bool nv_has_service(const struct nv_flow_key *flow, __u16 lo_port, __u16 hi_port)
{
	struct nv_flow_key service = *flow;

	nv_set_ends(&service, lo_port, hi_port, flow->protocol);
	return bpf_map_lookup_elem(&nv_armed, &service);
}

static __always_inline bool nv_has_armed(const struct nv_flow_key *flow)
{
	if (bpf_map_lookup_elem(&nv_armed, flow))
		return true;
	return nv_armed_kinds.any_service &&
	       (nv_has_service(flow, 0, flow->hi_port) || nv_has_service(flow, flow->lo_port, 0));
}

#endif
