/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that are over before they have a past. Their first samples are judged together: of all connections of one
 * client to one service, at one tap. Longer ones have their own judgement as soon as it is warm, and only that.
 */
#ifndef NV_SERVICE_H
#define NV_SERVICE_H

#include "shift.h"
#include "trigger.h"

#define NV_MAX_SERVICES 8192

struct nv_service_key {
	union nv_address client;
	union nv_address server;
	__u64 tap;
	__u16 port;
	__u8 protocol;
	__u8 what; /* the kind of alert; the highest bit for the service's own data */
	__u32 pad;
};

/* CPUs may update one at the same time: a value more or less is no matter. */
struct nv_service {
	struct nv_shift shift;
	struct nv_alarm alarm;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_MAX_SERVICES);
	__type(key, struct nv_service_key);
	__type(value, struct nv_service);
} nv_services SEC(".maps");

static __always_inline struct nv_service *nv_service_of(const struct nv_service_key *key)
{
	struct nv_service *service = bpf_map_lookup_elem(&nv_services, key);
	struct nv_service fresh = {};

	if (service)
		return service;
	bpf_map_update_elem(&nv_services, key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&nv_services, key);
}

/* `direction` is that of the data. A connection whose client is not known belongs to no service. */
NV_GLOBAL nv_judge_service(struct nv_passage *passage, const struct nv_flow *flow, __u32 direction,
			   __u32 kind, __u64 value_ns)
{
	struct nv_service_key key = {};
	struct nv_service *service;
	const struct nv_flow_key *ends;
	__u64 threshold;
	bool lo_asks, answers;

	if (!passage || !flow || !flow->client)
		return 0;
	ends = &passage->key.flow;
	lo_asks = flow->client == 1;
	key.client = lo_asks ? ends->lo : ends->hi;
	key.server = lo_asks ? ends->hi : ends->lo;
	key.port = lo_asks ? ends->hi_port : ends->lo_port;
	key.protocol = ends->protocol;
	key.tap = passage->key.tap;
	answers = (direction & 1) == lo_asks;
	key.what = answers << 7 | (kind & (NV_CONDITIONS - 1));
	service = nv_service_of(&key);
	if (!service)
		return 0;
	threshold = nv_shift_threshold(&service->shift);
	if (nv_shift_update(&service->shift, value_ns, nv_coarse_ms(passage)) &&
	    nv_alarm_due(&service->alarm, nv_coarse_ms(passage)))
		nv_tell_alert(NV_ALERT(direction, kind) | NV_OF_SERVICE(answers), passage, value_ns,
			      threshold);
	return 0;
}

#endif
