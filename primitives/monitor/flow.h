/* SPDX-License-Identifier: GPL-2.0 */
/* What the monitor keeps: taps, flows, and per direction of data the counters and the private state. */
#ifndef NV_FLOW_H
#define NV_FLOW_H

#include "budget.h"
#include "flow_key.h"
#include "function.h"
#include "records.h"
#include "ring.h"

#define NV_OPEN_MARKS 4
#define NV_SKETCH_SLOTS 12
#define NV_CONDITIONS 16 /* more than enum nv_alert_kind; a power of 2 that the verifier can bound */
#define NV_DEFAULT_FLOWS 16384
#define NV_MAX_TAPS 1024

struct nv_tap {
	__u32 id; /* ifindex of a pod tap, 0 for every uplink */
	__u32 netns;
	__u8 role; /* enum nv_tap_role */
	__u8 pad[3];
};

struct nv_tap_flow_key {
	struct nv_flow_key flow;
	__u32 tap;
	__u32 pad;
};

/* An RTT sample under way. */
struct nv_open_mark {
	__u64 start_ns; /* 0: free */
	__u32 mark;
	__u32 end; /* of the packet that contains the mark */
};

/* User space copies a slot while it is written: it is whole when `begun` equals `done` (see nv_sketch_put). */
struct nv_sketch_slot {
	__u32 done;
	__u32 pad;
	struct nv_mark_sample sample;
	__u32 begun;
	__u32 pad1;
};

/* A sequential test for a shift of the mean. */
struct nv_shift {
	__u64 mean_ns;
	__u64 deviation_ns; /* mean absolute */
	__u32 score; /* 1/16 */
	__u32 since_ms; /* the score left 0 */
	__u32 far; /* 1/32 */
	__u32 far_since_ms;
	__u32 samples;
	__u32 pad;
};

/* Milliseconds of the coarse clock, modulo 2^32. */
struct nv_alarm {
	__u32 raised_ms; /* 0: never */
	__u32 held_ms;
};

/* One direction of data. */
struct nv_direction {
	struct nv_flow_counters counters;
	struct nv_sketch_slot sketch[NV_SKETCH_SLOTS];
	struct nv_open_mark open[NV_OPEN_MARKS];
	struct nv_shift rtt;
	struct nv_shift response;
	struct nv_alarm alarms[NV_CONDITIONS];
	struct nv_budget packet_budget; /* of an armed flow, see armed.h */
	struct nv_budget sample_budget;
	__u64 last_data_ns;
	__u64 request_ns; /* start of the request that awaits its response, 0 if none */
	__u32 request_seq;
	__u32 recovery_end; /* no new sample until this is acknowledged */
	__u32 retransmission_window_ms;
	__u32 retransmissions_in_window;
	__u32 initial_seq; /* of the SYN or SYN-ACK */
	__u32 outer_hash; /* last outer header seen, and when its mapping was refreshed */
	__u32 mapped_ms;
	__u16 last_ip_id;
	__u16 last_window;
	__u8 open_marks;
	__u8 data_seen; /* snd_max is known */
	__u8 ack_seen; /* ack_max is known */
	__u8 in_recovery;
	__u8 handshake; /* a SYN of this direction was seen */
	__u8 window_scale; /* as in the SYN: shift + 1, 0 if absent */
	__u8 finished; /* a FIN of this direction was seen */
	__u8 pad;
};

struct nv_flow {
	struct nv_direction direction[2]; /* 0: data from lo to hi */
	__u64 created_ns;
	__u8 turn; /* direction of the last data + 1, 0 before any */
	__u8 client; /* direction of the client's data + 1, 0 if unknown */
	__u8 pad[6];
};

/* Layout for user space, read through BTF before the load. */
const volatile __u32 nv_flow_bytes = sizeof(struct nv_flow);
const volatile __u32 nv_direction_bytes = sizeof(struct nv_direction);
const volatile __u32 nv_sketch_offset = __builtin_offsetof(struct nv_direction, sketch);
const volatile __u32 nv_created_offset = __builtin_offsetof(struct nv_flow, created_ns);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NV_MAX_TAPS);
	__type(key, __u32);
	__type(value, struct nv_tap);
} nv_taps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_DEFAULT_FLOWS);
	__type(key, struct nv_tap_flow_key);
	__type(value, struct nv_flow);
} nv_flows SEC(".maps");

/* Never written: a new entry does not fit on the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct nv_flow);
} nv_new_flow SEC(".maps");

/* One packet on its way through the program. No pointers: so it may go to functions that are verified alone. */
struct nv_passage {
	struct nv_packet packet;
	struct nv_tap_flow_key key;
	struct nv_tap tap;
	__u64 coarse_ns; /* up to a tick early, nearly free */
	__u64 now_ns; /* 0 until somebody needs it: a clock read costs as much as a map look-up */
	__u32 ifindex;
	__u32 length; /* of the whole packet */
	__u32 direction;
	__u8 hook;
	bool armed;
};

static __always_inline __u64 nv_now(struct nv_passage *passage)
{
	if (!passage->now_ns)
		passage->now_ns = bpf_ktime_get_ns();
	return passage->now_ns;
}

static __always_inline __u32 nv_coarse_ms(const struct nv_passage *passage)
{
	return passage->coarse_ns / 1000000;
}

/* Sequence numbers wrap: a is after b when less than half of the space lies between. */
static __always_inline bool nv_after(__u32 a, __u32 b)
{
	return (__s32)(a - b) > 0;
}

static __always_inline struct nv_flow *nv_flow_create(const struct nv_tap_flow_key *key, __u64 now_ns)
{
	__u32 zero = 0;
	struct nv_flow *empty = bpf_map_lookup_elem(&nv_new_flow, &zero), *flow;

	/* Another CPU may have been first: its entry stays. */
	if (empty)
		bpf_map_update_elem(&nv_flows, key, empty, BPF_NOEXIST);
	flow = bpf_map_lookup_elem(&nv_flows, key);
	if (!flow)
		nv_lost(NV_LOSS_FLOWS_FULL, 1);
	else if (!flow->created_ns)
		flow->created_ns = now_ns;
	return flow;
}

#endif
