/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The record of a flow at a tap, and the packet on its way through the program. Where records live is the table's
 * business (flow_table.h).
 */
#ifndef NV_FLOW_H
#define NV_FLOW_H

#include "budget.h"
#include "flow_key.h"
#include "function.h"
#include "packet.h"
#include "records.h"
#include "ring.h"
#include "tap.h"

#define NV_OPEN_MARKS 4
#define NV_CONDITIONS 16 /* more than enum nv_alert_kind; a power of 2 that the verifier can bound */
#define NV_CACHE_LINE 64

struct nv_tap_flow_key {
	struct nv_flow_key flow;
	__u64 tap; /* nv_tap_here.id */
};

/* An RTT sample under way. */
struct nv_open_mark {
	__u64 start_ns; /* 0: free */
	__u32 mark;
	__u32 end; /* of the packet that contains the mark */
};

/* A sequential test for a shift of the mean. */
struct nv_shift {
	__u32 mean_ns; /* 4.29 s and more are one */
	__u32 deviation_ns; /* mean absolute */
	__u32 since_ms; /* the score left 0 */
	__u32 far_since_ms;
	__u16 score; /* 1/16 */
	__u16 far; /* 1/32 */
	__u8 samples;
	__u8 pad[3];
};

/* Units of 64 ms, modulo 2^16. */
struct nv_alarm {
	__u16 raised; /* 0: never */
	__u16 held;
};

enum nv_window { NV_WINDOW_OPEN = 0, NV_WINDOW_SMALL = 1, NV_WINDOW_SHUT = 2 };

/* What nearly every packet of a connection reads: one cache line. Times in coarse milliseconds, modulo 2^32. */
struct nv_progress {
	__u64 request_ns; /* start of the request that awaits its response, of a SYN that awaits its ACK; 0 if none */
	__u32 request_seq;
	__u32 initial_seq; /* of the SYN or SYN-ACK */
	__u32 recovery_end; /* no new sample until this is acknowledged */
	__u32 hole_start; /* the latest stretch that was skipped */
	__u32 hole_end;
	__u32 last_data_ms;
	__u32 window_since_ms; /* the window has been as it is, or this much was accounted for */
	__u32 marks_since_ms;
	__u32 outer_hash; /* last outer header seen, and when its mapping was refreshed */
	__u32 mapped_ms;
	__u16 marks; /* opened since marks_since_ms */
	__u16 last_ip_id;
	__u16 last_window;
	__u16 largest_segment;
	__u8 mark_floor; /* lowest rank that leaves as a sample */
	__u8 lowest_rank; /* of the open marks, when all places are taken */
	__u8 open_marks;
	__u8 data_seen : 1; /* snd_max is known */
	__u8 ack_seen : 1; /* ack_max is known */
	__u8 in_recovery : 1;
	__u8 doubted : 1; /* a duplicate ACK or SACK since the last progress */
	__u8 handshake : 1; /* a SYN of this direction was seen */
	__u8 finished : 1; /* a FIN of this direction was seen */
	__u8 window : 2; /* enum nv_window */
	__u8 window_scale; /* as in the SYN: shift + 1, 0 if absent */
	__u8 pad[3];
};
_Static_assert(sizeof(struct nv_progress) == NV_CACHE_LINE, "nv_progress is one cache line");

/* One direction of data. Its first line is the counters' first. */
struct nv_direction {
	struct nv_flow_counters counters;
	struct nv_shift rtt;
	__u32 retransmission_window_ms;
	__u32 retransmissions_in_window;
	struct nv_progress progress;
	struct nv_open_mark open[NV_OPEN_MARKS];
	struct nv_shift response;
	struct nv_alarm alarms[NV_CONDITIONS];
	struct nv_budget packet_budget; /* of an armed flow, see armed.h */
	struct nv_budget sample_budget;
	__u8 pad[8];
};
#define NV_AT_LINE(member) (__builtin_offsetof(struct nv_direction, member) % NV_CACHE_LINE == 0)
_Static_assert(NV_AT_LINE(progress) && NV_AT_LINE(open) && NV_AT_LINE(response), "cache lines");
_Static_assert(sizeof(struct nv_direction) % NV_CACHE_LINE == 0, "whole cache lines");

struct nv_flow {
	struct nv_tap_flow_key key;
	/* Odd while a CPU writes the record: other CPUs wait, user space reads again. See nv_flow_lock. */
	__u32 sequence;
	__u8 turn; /* direction of the last data + 1, 0 before any */
	__u8 client; /* direction of the client's data + 1, 0 if unknown */
	__u8 pad[2];
	__u64 created_ns;
	struct nv_direction direction[2]; /* 0: data from lo to hi */
};

/* Layout for user space, read through BTF before the load. */
const volatile __u32 nv_flow_bytes = sizeof(struct nv_flow);
const volatile __u32 nv_direction_bytes = sizeof(struct nv_direction);
const volatile __u32 nv_directions_offset = __builtin_offsetof(struct nv_flow, direction);
const volatile __u32 nv_sequence_offset = __builtin_offsetof(struct nv_flow, sequence);
const volatile __u32 nv_created_offset = __builtin_offsetof(struct nv_flow, created_ns);

/* One packet on its way through the program. */
struct nv_passage {
	struct nv_packet packet;
	struct nv_tap_flow_key key;
	struct nv_tap_here tap;
	__u64 coarse_ns; /* up to a tick early, nearly free */
	__u64 now_ns; /* 0 until somebody needs it: a clock read costs as much as a map look-up */
	__u32 ifindex;
	__u32 length; /* of the whole packet */
	__u32 direction;
	__u8 hook;
	bool armed;
	bool suspect; /* an alert was raised: the table must keep the flow */
	__u8 pad;
};

/*
 * The packet in hand, one at a time on each CPU: both hooks run with softirqs off. Half a stack would be gone with it
 * there, and the verifier would follow every value in it apart.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nv_passage);
} nv_passages SEC(".maps");

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

#endif
