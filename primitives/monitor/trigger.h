/* SPDX-License-Identifier: GPL-2.0 */
/* The push trigger: conditions of a flow that user space hears of at once. */
#ifndef NV_TRIGGER_H
#define NV_TRIGGER_H

#include "flight.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} alerts SEC(".maps");

/* Units of struct nv_alarm. A condition that has not been met for a second has calmed. */
#define NV_ALARM_MS 64
#define NV_CALM (1000 / NV_ALARM_MS)
#define NV_RAISE_AFTER_CALM (1000 / NV_ALARM_MS)
#define NV_RAISE_WHILE_HELD (2000 / NV_ALARM_MS)

/* One alert until the condition has calmed, then at most one a second; again every 2 s while it holds. */
static __always_inline bool nv_alarm_due(struct nv_alarm *alarm, __u32 now_ms)
{
	__u16 now = now_ms / NV_ALARM_MS;
	bool held = (__u16)(now - alarm->held) < NV_CALM;
	__u16 pause = held ? NV_RAISE_WHILE_HELD : NV_RAISE_AFTER_CALM;

	alarm->held = now;
	if (alarm->raised && (__u16)(now - alarm->raised) < pause)
		return false;
	alarm->raised = now ? now : 1;
	return true;
}

/* First argument of nv_raise: a function has five at most. `direction` is that of the data that suffer. */
#define NV_ALERT(direction, kind) ((direction) << 8 | (kind))
/* Of a service (service.h): its clients' data suffer, or its own. */
#define NV_OF_SERVICE(answers) ((answers) ? 2 << 9 : 1 << 9)

NV_GLOBAL nv_tell_alert(__u32 what, struct nv_passage *passage, __u64 observed, __u64 threshold)
{
	__u32 direction = what >> 8 & 1;
	struct nv_flow_key *key;
	struct nv_alert *alert;

	if (!passage)
		return 0;
	passage->suspect = true;
	key = &passage->key.flow;
	alert = nv_reserve(&alerts, sizeof(*alert), NV_LOSS_ALERTS_FULL);
	if (!alert)
		return 0;
	__builtin_memset(alert, 0, sizeof(*alert));
	alert->time_ns = nv_now(passage);
	alert->observed = observed;
	alert->threshold = threshold;
	alert->tap_role = passage->tap.role;
	alert->ifindex = passage->tap.id;
	__builtin_memcpy(alert->src, direction ? &key->hi : &key->lo, sizeof(alert->src));
	__builtin_memcpy(alert->dst, direction ? &key->lo : &key->hi, sizeof(alert->dst));
	alert->src_port = direction ? key->hi_port : key->lo_port;
	alert->dst_port = direction ? key->lo_port : key->hi_port;
	alert->protocol = key->protocol;
	alert->kind = what & (NV_CONDITIONS - 1);
	alert->of_service = what >> 9 & 3;
	nv_submit(alert, true);
	return 0;
}

static __always_inline void nv_raise(__u32 what, struct nv_passage *passage, struct nv_details *details,
				     __u64 observed, __u64 threshold)
{
	struct nv_direction *data = &details->direction[what >> 8 & 1];

	if (!nv_alarm_due(&data->alarms[what & (NV_CONDITIONS - 1)], nv_coarse_ms(passage)))
		return;
	nv_flight_tell(passage, details);
	nv_tell_alert(what, passage, observed, threshold);
}

#endif
