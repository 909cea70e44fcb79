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
#include "lock.h"
#include "packet.h"
#include "records.h"
#include "ring.h"
#include "sequence.h"
#include "tap.h"

#define NV_OPEN_MARKS 3
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

/* The largest RTT or response of a stretch of time, which the flight recorder has an entry for (flight.h). */
struct nv_largest {
	__u32 us;
	__u16 since; /* of struct nv_alarm */
	__u8 at; /* the entry */
	__u8 pad;
};

#define NV_FLIGHT_ENTRIES 31

/* Something that happened to the flow, in few words. */
struct nv_flight_entry {
	__u32 time; /* 2^16 ns, modulo 2^32 */
	__u32 what; /* NV_FLIGHT(direction, kind) | value << NV_FLIGHT_VALUE_SHIFT */
};

/* What happened to a flow lately and was not told yet; see flight.h. */
struct nv_flight {
	__u8 next; /* place of the next entry */
	__u8 held; /* entries before it */
	__u16 told; /* of struct nv_alarm: they left */
	__u32 pad;
	struct nv_flight_entry entry[NV_FLIGHT_ENTRIES]; /* last: not cleared when the record is given to a flow */
};
_Static_assert(sizeof(struct nv_flight) == 4 * NV_CACHE_LINE, "nv_flight is four cache lines");

enum nv_window { NV_WINDOW_OPEN = 0, NV_WINDOW_SMALL = 1, NV_WINDOW_SHUT = 2 };

/*
 * The bytes of one direction: what their sender and the ACKs that come back both read and write. The two run on two
 * CPUs, so this is kept as small as can be, in one cache line for both directions (struct nv_flow).
 */
struct nv_stream {
	__u32 snd_max; /* highest end seen */
	__u32 ack_max; /* highest ACK seen */
	__u32 window_bytes; /* last advertised, scaled if the handshake was seen */
	__u32 outstanding_ms; /* start of the present stretch without ACK progress, 0 if none */
	union {
		__u32 recovery_end; /* no new sample until this is acknowledged */
		__u32 last_ms; /* UDP, of the first stream: last data of either direction, 0 if none */
	};
	__u16 largest_segment;
	__u8 window_scale; /* of the sender, as in its SYN: shift + 1, 0 if absent */
	__u8 open_marks;
	__u8 lowest_rank; /* of the open marks, when all places are taken */
	__u8 window; /* enum nv_window */
	__u16 data_seen : 1; /* snd_max is known */
	__u16 ack_seen : 1; /* ack_max is known */
	__u16 in_recovery : 1;
	__u16 doubted : 1; /* a duplicate ACK or SACK since the last progress */
	__u16 handshake : 1; /* a SYN of this direction was seen */
	__u16 shaken : 1; /* and its ACK */
	__u16 finished : 1; /* a FIN of this direction was seen */
	__u16 asked : 1; /* a request awaits its response */
};

/*
 * What every packet of one direction reads and writes, and no other. Times in coarse milliseconds, modulo 2^32. The
 * first six are counters of the stream flow_interval (monitor/flow-record.ts).
 */
struct nv_sender {
	__u64 wire_bytes;
	__u64 payload_bytes;
	__u64 last_seen_ns;
	__u64 request_ns; /* start of the request that awaits its response, 0 if none */
	__u32 packets;
	__u32 data_segments;
	__u32 request_seq;
	__u32 last_data_ms;
	__u32 last_tsval; /* TCP timestamp */
	union {
		__u32 nat_ms; /* at pods: conntrack was asked, 0: not yet; see mapping/nat.h */
		__u32 mapped_ms; /* at uplinks: the mapping of outer_hash was refreshed */
	};
	__u32 outer_hash; /* last outer header seen */
	__u16 last_ip_id;
	__u16 last_window; /* advertised, as on the wire */
};
_Static_assert(sizeof(struct nv_sender) == NV_CACHE_LINE, "nv_sender is one cache line");

/* The samples of one direction that are under way, and how rare a mark must be to be told of. */
struct nv_marks {
	struct nv_open_mark open[NV_OPEN_MARKS];
	__u32 since_ms; /* the present window began */
	__u16 seen; /* opened in the present window */
	__u8 floor; /* of the last one: lowest rank that leaves as a sample */
	__u8 pad;
	struct nv_largest largest; /* of the samples closed */
};
_Static_assert(sizeof(struct nv_marks) == NV_CACHE_LINE, "nv_marks is one cache line");

/* What the ACKs of a direction, and the answers to it, are judged by. */
struct nv_judgement {
	struct nv_shift rtt;
	struct nv_shift response;
	__u32 window_since_ms; /* the receive window has been as it is, or this much was accounted for */
	struct nv_largest largest; /* of the responses */
	__u8 pad[4];
};
_Static_assert(sizeof(struct nv_judgement) == NV_CACHE_LINE, "nv_judgement is one cache line");

/* What few packets of a direction, or of its ACKs, need. The counters that nv_sender and nv_stream hold are 0 here. */
struct nv_direction {
	struct nv_flow_counters counters;
	__u8 pad[16];
	struct nv_marks marks;
	struct nv_judgement judgement;
	__u64 syn_ns; /* start of a SYN or SYN-ACK that awaits its ACK */
	__u32 initial_seq; /* of it */
	__u32 hole_start; /* the latest stretch that was skipped */
	__u32 hole_end;
	__u32 retransmission_window_ms;
	__u32 retransmissions_in_window;
	__u8 pad1[20];
	struct nv_budget sample_budget; /* of an armed flow, see armed.h */
	struct nv_alarm alarms[NV_CONDITIONS];
};
#define NV_AT_LINE(member) (__builtin_offsetof(struct nv_direction, member) % NV_CACHE_LINE == 0)
_Static_assert(NV_AT_LINE(marks) && NV_AT_LINE(judgement) && NV_AT_LINE(alarms), "cache lines");
_Static_assert(sizeof(struct nv_direction) % NV_CACHE_LINE == 0, "whole cache lines");

/*
 * A record is in two parts. This one, of four cache lines, every packet needs: with many flows each line of it comes
 * from memory, and most of what a packet costs is that.
 */
struct nv_flow {
	/* A line that is only read. */
	struct nv_tap_flow_key key;
	__u64 created_ns;
	__u64 pad;
	/* A line that the CPUs of both directions write. */
	__u32 sequence; /* odd while one writes the record: the other waits, user space reads again. See lock.h */
	__u8 turn; /* direction of the last data + 1, 0 before any */
	__u8 client; /* direction of the client's data + 1, 0 if unknown */
	__u8 missed; /* a packet was given up for want of the lock; written without it */
	__u8 pad1;
	struct nv_stream stream[2]; /* 0: data from lo to hi */
	struct nv_sender sender[2];
};
_Static_assert(__builtin_offsetof(struct nv_flow, sequence) == NV_CACHE_LINE, "lines of nv_flow");
_Static_assert(__builtin_offsetof(struct nv_flow, sender) == 2 * NV_CACHE_LINE, "lines of nv_flow");
_Static_assert(sizeof(struct nv_flow) == 4 * NV_CACHE_LINE, "nv_flow is four cache lines");

/* The other part, under the same lock. */
struct nv_details {
	struct nv_direction direction[2];
	struct nv_flight flight;
};
/* What a new flow finds in its details. */
#define NV_DETAILS_CLEARED __builtin_offsetof(struct nv_details, flight.entry)

/* Layout for user space, read through BTF before the load. */
const volatile __u32 nv_flow_bytes = sizeof(struct nv_flow);
const volatile __u32 nv_details_bytes = sizeof(struct nv_details);
const volatile __u32 nv_direction_bytes = sizeof(struct nv_direction);
const volatile __u32 nv_created_offset = __builtin_offsetof(struct nv_flow, created_ns);
const volatile __u32 nv_sequence_offset = __builtin_offsetof(struct nv_flow, sequence);
const volatile __u32 nv_streams_offset = __builtin_offsetof(struct nv_flow, stream);
const volatile __u32 nv_stream_bytes = sizeof(struct nv_stream);
const volatile __u32 nv_senders_offset = __builtin_offsetof(struct nv_flow, sender);
const volatile __u32 nv_sender_bytes = sizeof(struct nv_sender);

/* One packet on its way through the program. */
struct nv_passage {
	struct nv_packet packet;
	struct nv_tap_flow_key key;
	struct nv_tap_here tap;
	__u64 coarse_ns; /* up to a tick early, nearly free */
	__u64 now_ns; /* 0 until somebody needs it: a clock read costs as much as a map look-up */
	__u32 coarse_ms; /* modulo 2^32, never 0 */
	__u32 ifindex;
	__u32 length; /* of the whole packet */
	__u32 direction;
	__u8 hook;
	bool armed;
	bool suspect; /* an alert was raised: the table must keep the flow */
	bool nat_due; /* see mapping/nat.h */
	bool young; /* UDP: one of the first packets of its direction */
	bool answered; /* it closed the mark of the request that it answers */
	__u8 pad[2];
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
	return passage->coarse_ms;
}

/* Answers false when the record could not be had; whoever has it next is told. */
static __always_inline bool nv_flow_lock(struct nv_flow *flow)
{
	if (nv_lock(&flow->sequence))
		return true;
	*(volatile __u8 *)&flow->missed = 1;
	return false;
}

#endif
