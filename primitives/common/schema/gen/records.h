/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from primitives/common/schema/streams.ts by `npm run generate`. Do not edit. */
#ifndef NETVERDICT_RECORDS_H
#define NETVERDICT_RECORDS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define NV_LATENCY_BUCKETS 24

enum nv_tap_role {
	NV_TAP_ROLE_NONE = 0,
	NV_TAP_ROLE_POD = 1,
	NV_TAP_ROLE_UPLINK = 2,
};

enum nv_sample_class {
	NV_SAMPLE_CLASS_EXACT = 0,
	NV_SAMPLE_CLASS_CUMULATIVE = 1,
	NV_SAMPLE_CLASS_PARTIAL = 2,
	NV_SAMPLE_CLASS_SACK = 3,
	NV_SAMPLE_CLASS_ANSWER = 4,
};

enum nv_alert_kind {
	NV_ALERT_KIND_NONE = 0,
	NV_ALERT_KIND_RTT_SHIFT = 1,
	NV_ALERT_KIND_RESPONSE_SHIFT = 2,
	NV_ALERT_KIND_RETRANSMISSION = 3,
	NV_ALERT_KIND_RTO = 4,
	NV_ALERT_KIND_SYN_RETRY = 5,
	NV_ALERT_KIND_RESET = 6,
	NV_ALERT_KIND_ZERO_WINDOW = 7,
	NV_ALERT_KIND_NO_PROGRESS = 8,
	NV_ALERT_KIND_REFUSED = 9,
	NV_ALERT_KIND_NO_RESPONSE = 10,
	NV_ALERT_KIND_DNS_UNANSWERED = 11,
	NV_ALERT_KIND_DNS_SLOW = 12,
	NV_ALERT_KIND_RTT_DRIFT = 13,
	NV_ALERT_KIND_RESPONSE_DRIFT = 14,
	NV_ALERT_KIND_LOSS_DRIFT = 15,
	NV_ALERT_KIND_SEND_BUFFER = 16,
	NV_ALERT_KIND_RECEIVE_WINDOW = 17,
};

enum nv_flight_kind {
	NV_FLIGHT_KIND_NONE = 0,
	NV_FLIGHT_KIND_RTT = 1,
	NV_FLIGHT_KIND_RESPONSE = 2,
	NV_FLIGHT_KIND_HANDSHAKE = 3,
	NV_FLIGHT_KIND_STALL = 4,
	NV_FLIGHT_KIND_SILENCE = 5,
	NV_FLIGHT_KIND_RETRANSMISSION = 6,
	NV_FLIGHT_KIND_FAST_RETRANSMISSION = 7,
	NV_FLIGHT_KIND_RTO = 8,
	NV_FLIGHT_KIND_OVERTAKEN = 9,
	NV_FLIGHT_KIND_HOLE = 10,
	NV_FLIGHT_KIND_WINDOW_OPEN = 11,
	NV_FLIGHT_KIND_WINDOW_SMALL = 12,
	NV_FLIGHT_KIND_WINDOW_SHUT = 13,
	NV_FLIGHT_KIND_SYN_RETRY = 14,
	NV_FLIGHT_KIND_FIN = 15,
	NV_FLIGHT_KIND_RESET = 16,
	NV_FLIGHT_KIND_ICMP_ERROR = 17,
};

enum nv_packet_probe {
	NV_PACKET_PROBE_NONE = 0,
	NV_PACKET_PROBE_TAP = 1,
	NV_PACKET_PROBE_QDISC_ENQUEUE = 2,
	NV_PACKET_PROBE_DEV_XMIT = 3,
	NV_PACKET_PROBE_NETIF_RX = 4,
	NV_PACKET_PROBE_NAPI_RECEIVE = 5,
	NV_PACKET_PROBE_DROP = 6,
};

enum nv_hook {
	NV_HOOK_NONE = 0,
	NV_HOOK_INGRESS = 1,
	NV_HOOK_EGRESS = 2,
};

enum nv_socket_probe {
	NV_SOCKET_PROBE_NONE = 0,
	NV_SOCKET_PROBE_SEND = 1,
	NV_SOCKET_PROBE_RECEIVE = 2,
	NV_SOCKET_PROBE_DATA_READY = 3,
	NV_SOCKET_PROBE_TCP_PROBE = 4,
	NV_SOCKET_PROBE_RETRANSMIT = 5,
	NV_SOCKET_PROBE_RESET_SENT = 6,
	NV_SOCKET_PROBE_RESET_RECEIVED = 7,
	NV_SOCKET_PROBE_STATE = 8,
	NV_SOCKET_PROBE_CONGESTION_STATE = 9,
};

enum nv_sched_kind {
	NV_SCHED_KIND_NONE = 0,
	NV_SCHED_KIND_WAIT = 1,
	NV_SCHED_KIND_SLICE = 2,
	NV_SCHED_KIND_THROTTLED = 3,
	NV_SCHED_KIND_SOFTIRQ = 4,
	NV_SCHED_KIND_SLEEP = 5,
};

enum nv_encapsulation {
	NV_ENCAPSULATION_NONE = 0,
	NV_ENCAPSULATION_VXLAN = 1,
	NV_ENCAPSULATION_GENEVE = 2,
	NV_ENCAPSULATION_IPIP = 3,
	NV_ENCAPSULATION_GRE = 4,
};

enum nv_nat_kind {
	NV_NAT_KIND_NONE = 0,
	NV_NAT_KIND_DNAT = 1,
	NV_NAT_KIND_SNAT = 2,
	NV_NAT_KIND_BOTH = 3,
};

enum nv_dns_state {
	NV_DNS_STATE_WAITING = 0,
	NV_DNS_STATE_ANSWERED = 1,
	NV_DNS_STATE_UNANSWERED = 2,
	NV_DNS_STATE_UNREACHABLE = 3,
};

/* Stream flow_interval, version 3: one row per host, tap, flow, direction of data and sweep interval in which it changed. */
struct nv_flow_counters {
	__u64 wire_bytes; /* IP bytes of the inner packets, headers included, bytes */
	__u64 payload_bytes; /* TCP or UDP payload, re-sent bytes included, bytes */
	__u64 first_seen_ns; /* first packet of this direction, ns */
	__u64 last_seen_ns; /* last packet of this direction, ns */
	__u64 request_since_ns; /* start of the request that awaits its answer, 0 if none, ns */
	__u32 packets; /* packets of this direction */
	__u32 data_segments; /* segments with payload, a super-packet counted as its gso_segs */
	__u32 ecn_ce; /* packets with the CE mark */
	__u32 retransmitted_segments; /* data segments at or below the highest end already seen */
	__u32 holes; /* segments that start beyond the highest end seen */
	__u32 probes; /* keep-alives and probes of a shut window */
	__u64 rtt_sum_ns; /* sum of exact samples, ns */
	__u64 rtt_min_ns; /* least exact sample of the flow so far, 0 if none, ns */
	__u64 response_sum_ns; /* request to response times closed (src sent the request), ns */
	__u32 responses; /* how many they are */
	__u32 rtt_exact; /* exact samples */
	__u32 samples; /* RTT samples closed, every class */
	__u32 samples_void; /* RTT samples given up: re-send, hole or SACK */
	__u32 rtt_mean_us; /* slow mean kept for the trigger, us */
	__u32 response_mean_us; /* the same of responses, 0 before 16 of them, us */
	__u32 duplicate_acks; /* ACKs of this data that repeat the last, without payload or window change */
	__u32 sack_acks; /* ACKs of this data that carry a SACK block */
	__u32 sack_blocks; /* SACK blocks of those */
	__u32 dsacks; /* ACKs that report data received twice (RFC 2883) */
	__u32 rtt_exact_hist[24]; /* exact samples, log2 of microseconds */
	__u32 rtt_other_hist[24]; /* all other samples, log2 of microseconds */
	__u32 response_hist[24]; /* request to response times, log2 of microseconds */
	__u64 handshake_ns; /* from the SYN (or SYN-ACK) of src to its ACK, 0 before it: half-open, ns */
	__u64 retransmitted_bytes; /* payload of re-sends, bytes */
	__u64 hole_bytes; /* bytes that were skipped: the next segment began beyond them, bytes */
	__u64 filled_bytes; /* of those, bytes that came later, re-sent or overtaken, bytes */
	__u64 zero_window_ns; /* time that the window was shut, ns */
	__u64 small_window_ns; /* time that it was open for less than two full segments, ns */
	__u64 stalled_ns; /* time in stretches of 200 ms and more without ACK progress, ns */
	__u64 two_way_gap_ns; /* UDP: time in silences of both directions of 100 ms and more that src ended; to a clock tick, ns */
	__u32 rto_retransmissions; /* of those, re-sent at least 200 ms after the last data */
	__u32 fast_retransmissions; /* of those, re-sent earlier, after a duplicate ACK or SACK */
	__u32 overtaken; /* segments that later ones had overtaken, told by IP ID or timestamp */
	__u32 zero_windows; /* ACKs of this data that advertise a zero window */
	__u32 small_windows; /* ACKs that advertise less than two full segments, but not zero */
	__u32 syns; /* SYN without ACK sent by src */
	__u32 syn_retries; /* of those, repeats */
	__u32 syn_acks; /* SYN with ACK sent by src */
	__u32 fins; /* FIN sent by src */
	__u32 resets; /* RST sent by src */
	__u32 icmp_errors; /* ICMP errors that quote a packet of this direction */
	__u32 ecn_echoes; /* ACKs of this data with ECE (RFC 3168) */
	__u32 two_way_gaps; /* silences that two_way_gap_ns adds up */
	__u8 pad0[4];
	__u64 outstanding_since_ns; /* start of the present stretch of data without ACK progress, 0 if none; in whole ms, ns */
	__u32 snd_max; /* highest end of data seen, sequence number */
	__u32 ack_max; /* highest ACK of this data seen, sequence number */
	__u32 window_bytes; /* receive window last advertised for this data, scaled if the handshake was seen, bytes */
	__u8 pad1[4];
};
_Static_assert(__builtin_offsetof(struct nv_flow_counters, wire_bytes) == 0, "nv_flow_counters.wire_bytes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, payload_bytes) == 8, "nv_flow_counters.payload_bytes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, first_seen_ns) == 16, "nv_flow_counters.first_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, last_seen_ns) == 24, "nv_flow_counters.last_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, request_since_ns) == 32, "nv_flow_counters.request_since_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, packets) == 40, "nv_flow_counters.packets");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, data_segments) == 44, "nv_flow_counters.data_segments");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, ecn_ce) == 48, "nv_flow_counters.ecn_ce");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, retransmitted_segments) == 52, "nv_flow_counters.retransmitted_segments");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, holes) == 56, "nv_flow_counters.holes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, probes) == 60, "nv_flow_counters.probes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rtt_sum_ns) == 64, "nv_flow_counters.rtt_sum_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rtt_min_ns) == 72, "nv_flow_counters.rtt_min_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, response_sum_ns) == 80, "nv_flow_counters.response_sum_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, responses) == 88, "nv_flow_counters.responses");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rtt_exact) == 92, "nv_flow_counters.rtt_exact");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, samples) == 96, "nv_flow_counters.samples");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, samples_void) == 100, "nv_flow_counters.samples_void");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rtt_mean_us) == 104, "nv_flow_counters.rtt_mean_us");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, response_mean_us) == 108, "nv_flow_counters.response_mean_us");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, duplicate_acks) == 112, "nv_flow_counters.duplicate_acks");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, sack_acks) == 116, "nv_flow_counters.sack_acks");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, sack_blocks) == 120, "nv_flow_counters.sack_blocks");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, dsacks) == 124, "nv_flow_counters.dsacks");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rtt_exact_hist) == 128, "nv_flow_counters.rtt_exact_hist");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rtt_other_hist) == 224, "nv_flow_counters.rtt_other_hist");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, response_hist) == 320, "nv_flow_counters.response_hist");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, handshake_ns) == 416, "nv_flow_counters.handshake_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, retransmitted_bytes) == 424, "nv_flow_counters.retransmitted_bytes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, hole_bytes) == 432, "nv_flow_counters.hole_bytes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, filled_bytes) == 440, "nv_flow_counters.filled_bytes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, zero_window_ns) == 448, "nv_flow_counters.zero_window_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, small_window_ns) == 456, "nv_flow_counters.small_window_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, stalled_ns) == 464, "nv_flow_counters.stalled_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, two_way_gap_ns) == 472, "nv_flow_counters.two_way_gap_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, rto_retransmissions) == 480, "nv_flow_counters.rto_retransmissions");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, fast_retransmissions) == 484, "nv_flow_counters.fast_retransmissions");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, overtaken) == 488, "nv_flow_counters.overtaken");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, zero_windows) == 492, "nv_flow_counters.zero_windows");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, small_windows) == 496, "nv_flow_counters.small_windows");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, syns) == 500, "nv_flow_counters.syns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, syn_retries) == 504, "nv_flow_counters.syn_retries");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, syn_acks) == 508, "nv_flow_counters.syn_acks");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, fins) == 512, "nv_flow_counters.fins");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, resets) == 516, "nv_flow_counters.resets");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, icmp_errors) == 520, "nv_flow_counters.icmp_errors");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, ecn_echoes) == 524, "nv_flow_counters.ecn_echoes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, two_way_gaps) == 528, "nv_flow_counters.two_way_gaps");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, pad0) == 532, "nv_flow_counters.pad0");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, outstanding_since_ns) == 536, "nv_flow_counters.outstanding_since_ns");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, snd_max) == 544, "nv_flow_counters.snd_max");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, ack_max) == 548, "nv_flow_counters.ack_max");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, window_bytes) == 552, "nv_flow_counters.window_bytes");
_Static_assert(__builtin_offsetof(struct nv_flow_counters, pad1) == 556, "nv_flow_counters.pad1");
_Static_assert(sizeof(struct nv_flow_counters) == 560, "size of nv_flow_counters");

/* Stream mark_sample, version 2: one row per host, tap, direction of data and byte mark whose ACK was seen. */
struct nv_mark_sample {
	__u64 start_ns; /* the packet that contains the mark passed the tap, ns */
	__u64 turnaround_ns; /* from then to the closing ACK, ns */
	__u32 mark; /* byte mark, absolute sequence number */
	__u32 closing_ack; /* acknowledgment number that closed it */
	__u8 class; /* enum nv_sample_class: class of the closing ACK at this tap; answer: the answer to a question that no ACK tells of */
	__u8 piggyback; /* 1 if the closing ACK carried data (a response) */
	__u8 pad0[6];
};
_Static_assert(__builtin_offsetof(struct nv_mark_sample, start_ns) == 0, "nv_mark_sample.start_ns");
_Static_assert(__builtin_offsetof(struct nv_mark_sample, turnaround_ns) == 8, "nv_mark_sample.turnaround_ns");
_Static_assert(__builtin_offsetof(struct nv_mark_sample, mark) == 16, "nv_mark_sample.mark");
_Static_assert(__builtin_offsetof(struct nv_mark_sample, closing_ack) == 20, "nv_mark_sample.closing_ack");
_Static_assert(__builtin_offsetof(struct nv_mark_sample, class) == 24, "nv_mark_sample.class");
_Static_assert(__builtin_offsetof(struct nv_mark_sample, piggyback) == 25, "nv_mark_sample.piggyback");
_Static_assert(__builtin_offsetof(struct nv_mark_sample, pad0) == 26, "nv_mark_sample.pad0");
_Static_assert(sizeof(struct nv_mark_sample) == 32, "size of nv_mark_sample");

/* Stream alert, version 4: one row per flow, direction, condition and time that it was raised. */
struct nv_alert {
	__u64 time_ns; /* raised, ns */
	__u64 observed; /* value that raised it */
	__u64 threshold; /* value it was held against */
	__u8 tap_role; /* enum nv_tap_role: role of the interface */
	__u8 pad0[3];
	__u32 ifindex; /* interface index in the host namespace; 0 for the uplinks taken together */
	__u8 src[16]; /* address the data come from */
	__u8 dst[16]; /* address the data go to */
	__u16 src_port; /* port the data come from */
	__u16 dst_port; /* port the data go to */
	__u8 protocol; /* IP protocol number */
	__u8 kind; /* enum nv_alert_kind: condition; the unit of observed follows from it: shifts and drifts of time in ns, send_buffer and receive_window in thousandths of the time, others in count */
	__u8 of_service; /* holds for all connections of a client to a service, each too short to be judged: 1 if src is the client, 2 if dst is; else 0 */
	__u8 pad1[1];
};
_Static_assert(__builtin_offsetof(struct nv_alert, time_ns) == 0, "nv_alert.time_ns");
_Static_assert(__builtin_offsetof(struct nv_alert, observed) == 8, "nv_alert.observed");
_Static_assert(__builtin_offsetof(struct nv_alert, threshold) == 16, "nv_alert.threshold");
_Static_assert(__builtin_offsetof(struct nv_alert, tap_role) == 24, "nv_alert.tap_role");
_Static_assert(__builtin_offsetof(struct nv_alert, pad0) == 25, "nv_alert.pad0");
_Static_assert(__builtin_offsetof(struct nv_alert, ifindex) == 28, "nv_alert.ifindex");
_Static_assert(__builtin_offsetof(struct nv_alert, src) == 32, "nv_alert.src");
_Static_assert(__builtin_offsetof(struct nv_alert, dst) == 48, "nv_alert.dst");
_Static_assert(__builtin_offsetof(struct nv_alert, src_port) == 64, "nv_alert.src_port");
_Static_assert(__builtin_offsetof(struct nv_alert, dst_port) == 66, "nv_alert.dst_port");
_Static_assert(__builtin_offsetof(struct nv_alert, protocol) == 68, "nv_alert.protocol");
_Static_assert(__builtin_offsetof(struct nv_alert, kind) == 69, "nv_alert.kind");
_Static_assert(__builtin_offsetof(struct nv_alert, of_service) == 70, "nv_alert.of_service");
_Static_assert(__builtin_offsetof(struct nv_alert, pad1) == 71, "nv_alert.pad1");
_Static_assert(sizeof(struct nv_alert) == 72, "size of nv_alert");

/* Stream packet_event, version 1: one row per packet and probe, while something is armed. */
struct nv_packet_event {
	__u64 time_ns; /* the probe ran, ns */
	__u64 location; /* code address that dropped it (drop only) */
	__u8 src[16]; /* address the data come from */
	__u8 dst[16]; /* address the data go to */
	__u16 src_port; /* port the data come from */
	__u16 dst_port; /* port the data go to */
	__u8 protocol; /* IP protocol number */
	__u8 flags; /* TCP flags */
	__u8 tap_role; /* enum nv_tap_role: role of the interface */
	__u8 pad0[1];
	__u32 ifindex; /* interface index in the host namespace; 0 for the uplinks taken together */
	__u8 probe; /* enum nv_packet_probe: where */
	__u8 hook; /* enum nv_hook: direction at a tap */
	__u8 armed; /* 1 if the flow is armed, 0 if it only shares the device with one that is */
	__u8 pad1[1];
	__u32 left_out; /* packets of the armed flow that were left out here since the last row: of many a sample */
	__u32 seq; /* first payload byte, sequence number */
	__u32 end_seq; /* after the last payload byte */
	__u32 ack; /* acknowledgment number */
	__u16 ip_id; /* IPv4 identification of the inner packet */
	__u16 cpu; /* processor */
	__u32 length; /* bytes of the whole packet at this layer, bytes */
	__u32 backlog_bytes; /* bytes in the qdisc after this packet (qdisc_enqueue only), bytes */
	__u32 backlog_packets; /* packets in the qdisc after this one (qdisc_enqueue only) */
	__u32 netns; /* inode of the device namespace */
	__u32 drop_reason; /* SKB_DROP_REASON_* of the running kernel (drop only) */
	__u32 pid; /* thread that was running */
	char comm[16]; /* its name */
	__u8 pad2[4];
};
_Static_assert(__builtin_offsetof(struct nv_packet_event, time_ns) == 0, "nv_packet_event.time_ns");
_Static_assert(__builtin_offsetof(struct nv_packet_event, location) == 8, "nv_packet_event.location");
_Static_assert(__builtin_offsetof(struct nv_packet_event, src) == 16, "nv_packet_event.src");
_Static_assert(__builtin_offsetof(struct nv_packet_event, dst) == 32, "nv_packet_event.dst");
_Static_assert(__builtin_offsetof(struct nv_packet_event, src_port) == 48, "nv_packet_event.src_port");
_Static_assert(__builtin_offsetof(struct nv_packet_event, dst_port) == 50, "nv_packet_event.dst_port");
_Static_assert(__builtin_offsetof(struct nv_packet_event, protocol) == 52, "nv_packet_event.protocol");
_Static_assert(__builtin_offsetof(struct nv_packet_event, flags) == 53, "nv_packet_event.flags");
_Static_assert(__builtin_offsetof(struct nv_packet_event, tap_role) == 54, "nv_packet_event.tap_role");
_Static_assert(__builtin_offsetof(struct nv_packet_event, pad0) == 55, "nv_packet_event.pad0");
_Static_assert(__builtin_offsetof(struct nv_packet_event, ifindex) == 56, "nv_packet_event.ifindex");
_Static_assert(__builtin_offsetof(struct nv_packet_event, probe) == 60, "nv_packet_event.probe");
_Static_assert(__builtin_offsetof(struct nv_packet_event, hook) == 61, "nv_packet_event.hook");
_Static_assert(__builtin_offsetof(struct nv_packet_event, armed) == 62, "nv_packet_event.armed");
_Static_assert(__builtin_offsetof(struct nv_packet_event, pad1) == 63, "nv_packet_event.pad1");
_Static_assert(__builtin_offsetof(struct nv_packet_event, left_out) == 64, "nv_packet_event.left_out");
_Static_assert(__builtin_offsetof(struct nv_packet_event, seq) == 68, "nv_packet_event.seq");
_Static_assert(__builtin_offsetof(struct nv_packet_event, end_seq) == 72, "nv_packet_event.end_seq");
_Static_assert(__builtin_offsetof(struct nv_packet_event, ack) == 76, "nv_packet_event.ack");
_Static_assert(__builtin_offsetof(struct nv_packet_event, ip_id) == 80, "nv_packet_event.ip_id");
_Static_assert(__builtin_offsetof(struct nv_packet_event, cpu) == 82, "nv_packet_event.cpu");
_Static_assert(__builtin_offsetof(struct nv_packet_event, length) == 84, "nv_packet_event.length");
_Static_assert(__builtin_offsetof(struct nv_packet_event, backlog_bytes) == 88, "nv_packet_event.backlog_bytes");
_Static_assert(__builtin_offsetof(struct nv_packet_event, backlog_packets) == 92, "nv_packet_event.backlog_packets");
_Static_assert(__builtin_offsetof(struct nv_packet_event, netns) == 96, "nv_packet_event.netns");
_Static_assert(__builtin_offsetof(struct nv_packet_event, drop_reason) == 100, "nv_packet_event.drop_reason");
_Static_assert(__builtin_offsetof(struct nv_packet_event, pid) == 104, "nv_packet_event.pid");
_Static_assert(__builtin_offsetof(struct nv_packet_event, comm) == 108, "nv_packet_event.comm");
_Static_assert(__builtin_offsetof(struct nv_packet_event, pad2) == 124, "nv_packet_event.pad2");
_Static_assert(sizeof(struct nv_packet_event) == 128, "size of nv_packet_event");

/* Stream socket_event, version 2: one row per event of an armed socket, while it is armed. */
struct nv_socket_event {
	__u64 time_ns; /* the probe ran, ns */
	__u8 src[16]; /* address the data come from */
	__u8 dst[16]; /* address the data go to */
	__u16 src_port; /* port the data come from */
	__u16 dst_port; /* port the data go to */
	__u8 protocol; /* IP protocol number */
	__u8 probe; /* enum nv_socket_probe: where; src is the owner of the socket */
	__u8 ca_state; /* congestion avoidance state; of congestion_state the new one */
	__u8 tcp_state; /* TCP state */
	__u8 icsk_pending; /* timer pending */
	__u8 writer_waits; /* 1 if a writer awaits room in the send buffer */
	__u8 pad0[2];
	__s32 bytes; /* bytes sent or received by the call, negative errno on failure */
	__u32 netns; /* inode of the socket namespace */
	__u32 pid; /* thread that was running */
	__u32 tgid; /* its process */
	__u32 srtt_us; /* smoothed RTT of the socket, us */
	__u32 snd_cwnd; /* congestion window, segments */
	__u32 snd_wnd; /* peer window, bytes */
	__u32 rcv_wnd; /* window offered, bytes */
	__u32 packets_out; /* segments in flight */
	__u32 write_queue_bytes; /* written and not yet sent or acknowledged, bytes */
	__u32 unsent_bytes; /* written and not yet sent, bytes */
	__u32 read_queue_bytes; /* received and not yet read, bytes */
	__s32 sndbuf; /* send buffer limit, bytes */
	__s32 rcvbuf; /* receive buffer limit, bytes */
	char comm[16]; /* name of the thread */
	__u8 pad1[4];
};
_Static_assert(__builtin_offsetof(struct nv_socket_event, time_ns) == 0, "nv_socket_event.time_ns");
_Static_assert(__builtin_offsetof(struct nv_socket_event, src) == 8, "nv_socket_event.src");
_Static_assert(__builtin_offsetof(struct nv_socket_event, dst) == 24, "nv_socket_event.dst");
_Static_assert(__builtin_offsetof(struct nv_socket_event, src_port) == 40, "nv_socket_event.src_port");
_Static_assert(__builtin_offsetof(struct nv_socket_event, dst_port) == 42, "nv_socket_event.dst_port");
_Static_assert(__builtin_offsetof(struct nv_socket_event, protocol) == 44, "nv_socket_event.protocol");
_Static_assert(__builtin_offsetof(struct nv_socket_event, probe) == 45, "nv_socket_event.probe");
_Static_assert(__builtin_offsetof(struct nv_socket_event, ca_state) == 46, "nv_socket_event.ca_state");
_Static_assert(__builtin_offsetof(struct nv_socket_event, tcp_state) == 47, "nv_socket_event.tcp_state");
_Static_assert(__builtin_offsetof(struct nv_socket_event, icsk_pending) == 48, "nv_socket_event.icsk_pending");
_Static_assert(__builtin_offsetof(struct nv_socket_event, writer_waits) == 49, "nv_socket_event.writer_waits");
_Static_assert(__builtin_offsetof(struct nv_socket_event, pad0) == 50, "nv_socket_event.pad0");
_Static_assert(__builtin_offsetof(struct nv_socket_event, bytes) == 52, "nv_socket_event.bytes");
_Static_assert(__builtin_offsetof(struct nv_socket_event, netns) == 56, "nv_socket_event.netns");
_Static_assert(__builtin_offsetof(struct nv_socket_event, pid) == 60, "nv_socket_event.pid");
_Static_assert(__builtin_offsetof(struct nv_socket_event, tgid) == 64, "nv_socket_event.tgid");
_Static_assert(__builtin_offsetof(struct nv_socket_event, srtt_us) == 68, "nv_socket_event.srtt_us");
_Static_assert(__builtin_offsetof(struct nv_socket_event, snd_cwnd) == 72, "nv_socket_event.snd_cwnd");
_Static_assert(__builtin_offsetof(struct nv_socket_event, snd_wnd) == 76, "nv_socket_event.snd_wnd");
_Static_assert(__builtin_offsetof(struct nv_socket_event, rcv_wnd) == 80, "nv_socket_event.rcv_wnd");
_Static_assert(__builtin_offsetof(struct nv_socket_event, packets_out) == 84, "nv_socket_event.packets_out");
_Static_assert(__builtin_offsetof(struct nv_socket_event, write_queue_bytes) == 88, "nv_socket_event.write_queue_bytes");
_Static_assert(__builtin_offsetof(struct nv_socket_event, unsent_bytes) == 92, "nv_socket_event.unsent_bytes");
_Static_assert(__builtin_offsetof(struct nv_socket_event, read_queue_bytes) == 96, "nv_socket_event.read_queue_bytes");
_Static_assert(__builtin_offsetof(struct nv_socket_event, sndbuf) == 100, "nv_socket_event.sndbuf");
_Static_assert(__builtin_offsetof(struct nv_socket_event, rcvbuf) == 104, "nv_socket_event.rcvbuf");
_Static_assert(__builtin_offsetof(struct nv_socket_event, comm) == 108, "nv_socket_event.comm");
_Static_assert(__builtin_offsetof(struct nv_socket_event, pad1) == 124, "nv_socket_event.pad1");
_Static_assert(sizeof(struct nv_socket_event) == 128, "size of nv_socket_event");

/* Stream socket_time, version 1: one row per look at a TCP socket that sends and is, or ever was, held by a buffer or window. */
struct nv_socket_time {
	__u64 time_ns; /* looked, ns */
	__u64 busy_us; /* data were waiting or under way, since the connection began, us */
	__u64 rwnd_limited_us; /* of that, held by the window of the peer, us */
	__u64 sndbuf_limited_us; /* of that, held by the send buffer: all was sent, more would not fit. TCP looks when it sends: who fills the buffer with one write escapes it, us */
	__u64 bytes_acked; /* acknowledged since the connection began, bytes */
	__u8 src[16]; /* address the data come from */
	__u8 dst[16]; /* address the data go to */
	__u16 src_port; /* port the data come from */
	__u16 dst_port; /* port the data go to */
	__u8 protocol; /* IP protocol number */
	__u8 tcp_state; /* TCP state; src is the owner of the socket */
	__u8 writer_waits; /* 1 if a writer awaits room in the send buffer */
	__u8 pad0[1];
	__u32 netns; /* inode of the socket namespace */
	__u32 tgid; /* a process that holds it */
	__u32 srtt_us; /* smoothed RTT of the socket, us */
	__u32 snd_cwnd; /* congestion window, segments */
	__u32 snd_wnd; /* peer window, bytes */
	__u32 packets_out; /* segments in flight */
	__u32 write_queue_bytes; /* written and not yet sent or acknowledged, bytes */
	__u32 unsent_bytes; /* written and not yet sent, bytes */
	__s32 sndbuf; /* send buffer limit, bookkeeping of the kernel included, bytes */
	char comm[16]; /* name of the process */
	__u8 pad1[4];
};
_Static_assert(__builtin_offsetof(struct nv_socket_time, time_ns) == 0, "nv_socket_time.time_ns");
_Static_assert(__builtin_offsetof(struct nv_socket_time, busy_us) == 8, "nv_socket_time.busy_us");
_Static_assert(__builtin_offsetof(struct nv_socket_time, rwnd_limited_us) == 16, "nv_socket_time.rwnd_limited_us");
_Static_assert(__builtin_offsetof(struct nv_socket_time, sndbuf_limited_us) == 24, "nv_socket_time.sndbuf_limited_us");
_Static_assert(__builtin_offsetof(struct nv_socket_time, bytes_acked) == 32, "nv_socket_time.bytes_acked");
_Static_assert(__builtin_offsetof(struct nv_socket_time, src) == 40, "nv_socket_time.src");
_Static_assert(__builtin_offsetof(struct nv_socket_time, dst) == 56, "nv_socket_time.dst");
_Static_assert(__builtin_offsetof(struct nv_socket_time, src_port) == 72, "nv_socket_time.src_port");
_Static_assert(__builtin_offsetof(struct nv_socket_time, dst_port) == 74, "nv_socket_time.dst_port");
_Static_assert(__builtin_offsetof(struct nv_socket_time, protocol) == 76, "nv_socket_time.protocol");
_Static_assert(__builtin_offsetof(struct nv_socket_time, tcp_state) == 77, "nv_socket_time.tcp_state");
_Static_assert(__builtin_offsetof(struct nv_socket_time, writer_waits) == 78, "nv_socket_time.writer_waits");
_Static_assert(__builtin_offsetof(struct nv_socket_time, pad0) == 79, "nv_socket_time.pad0");
_Static_assert(__builtin_offsetof(struct nv_socket_time, netns) == 80, "nv_socket_time.netns");
_Static_assert(__builtin_offsetof(struct nv_socket_time, tgid) == 84, "nv_socket_time.tgid");
_Static_assert(__builtin_offsetof(struct nv_socket_time, srtt_us) == 88, "nv_socket_time.srtt_us");
_Static_assert(__builtin_offsetof(struct nv_socket_time, snd_cwnd) == 92, "nv_socket_time.snd_cwnd");
_Static_assert(__builtin_offsetof(struct nv_socket_time, snd_wnd) == 96, "nv_socket_time.snd_wnd");
_Static_assert(__builtin_offsetof(struct nv_socket_time, packets_out) == 100, "nv_socket_time.packets_out");
_Static_assert(__builtin_offsetof(struct nv_socket_time, write_queue_bytes) == 104, "nv_socket_time.write_queue_bytes");
_Static_assert(__builtin_offsetof(struct nv_socket_time, unsent_bytes) == 108, "nv_socket_time.unsent_bytes");
_Static_assert(__builtin_offsetof(struct nv_socket_time, sndbuf) == 112, "nv_socket_time.sndbuf");
_Static_assert(__builtin_offsetof(struct nv_socket_time, comm) == 116, "nv_socket_time.comm");
_Static_assert(__builtin_offsetof(struct nv_socket_time, pad1) == 132, "nv_socket_time.pad1");
_Static_assert(sizeof(struct nv_socket_time) == 136, "size of nv_socket_time");

/* Stream sched_event, version 1: one row per wait of a watched thread or softirq, and per run of whatever had the CPU meanwhile. */
struct nv_sched_event {
	__u64 start_ns; /* start of the stretch, ns */
	__u64 end_ns; /* end of the stretch, ns */
	__u8 kind; /* enum nv_sched_kind: wait: runnable, not running; slice: ran on a watched CPU; throttled: by its quota; softirq: receive processing was due, by a NAPI thread or, with pid 0, as a softirq; sleep: off CPU of its own will */
	__u8 watched; /* 1 if the thread serves an armed flow */
	__u16 priority; /* kernel priority: below 100 is real time */
	__u32 cpu; /* processor */
	__u32 pid; /* thread */
	__u32 tgid; /* process */
	__u32 netns; /* inode of the thread namespace, 0 if unknown */
	__u8 pad0[4];
	__u64 cgroup_id; /* id of its cpu cgroup, 0 if unknown */
	char comm[16]; /* thread name */
};
_Static_assert(__builtin_offsetof(struct nv_sched_event, start_ns) == 0, "nv_sched_event.start_ns");
_Static_assert(__builtin_offsetof(struct nv_sched_event, end_ns) == 8, "nv_sched_event.end_ns");
_Static_assert(__builtin_offsetof(struct nv_sched_event, kind) == 16, "nv_sched_event.kind");
_Static_assert(__builtin_offsetof(struct nv_sched_event, watched) == 17, "nv_sched_event.watched");
_Static_assert(__builtin_offsetof(struct nv_sched_event, priority) == 18, "nv_sched_event.priority");
_Static_assert(__builtin_offsetof(struct nv_sched_event, cpu) == 20, "nv_sched_event.cpu");
_Static_assert(__builtin_offsetof(struct nv_sched_event, pid) == 24, "nv_sched_event.pid");
_Static_assert(__builtin_offsetof(struct nv_sched_event, tgid) == 28, "nv_sched_event.tgid");
_Static_assert(__builtin_offsetof(struct nv_sched_event, netns) == 32, "nv_sched_event.netns");
_Static_assert(__builtin_offsetof(struct nv_sched_event, pad0) == 36, "nv_sched_event.pad0");
_Static_assert(__builtin_offsetof(struct nv_sched_event, cgroup_id) == 40, "nv_sched_event.cgroup_id");
_Static_assert(__builtin_offsetof(struct nv_sched_event, comm) == 48, "nv_sched_event.comm");
_Static_assert(sizeof(struct nv_sched_event) == 64, "size of nv_sched_event");

/* Stream mapping, version 1: one row per host, inner flow, direction and outer header, refreshed while in use. */
struct nv_mapping {
	__u64 first_seen_ns; /* first packet with this outer header, ns */
	__u64 last_seen_ns; /* last packet with it, ns */
	__u8 src[16]; /* address the data come from */
	__u8 dst[16]; /* address the data go to */
	__u16 src_port; /* port the data come from */
	__u16 dst_port; /* port the data go to */
	__u8 protocol; /* IP protocol number */
	__u8 hook; /* enum nv_hook: egress: the host sent it; ingress: it received it */
	__u8 encapsulation; /* enum nv_encapsulation: outer protocol */
	__u8 outer_src[16]; /* outer source */
	__u8 outer_dst[16]; /* outer destination */
	__u8 pad0[1];
	__u16 outer_src_port; /* outer source port, 0 if none */
	__u16 outer_dst_port; /* outer destination port, 0 if none */
	__u32 vni; /* network identifier or key, 0 if none */
};
_Static_assert(__builtin_offsetof(struct nv_mapping, first_seen_ns) == 0, "nv_mapping.first_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_mapping, last_seen_ns) == 8, "nv_mapping.last_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_mapping, src) == 16, "nv_mapping.src");
_Static_assert(__builtin_offsetof(struct nv_mapping, dst) == 32, "nv_mapping.dst");
_Static_assert(__builtin_offsetof(struct nv_mapping, src_port) == 48, "nv_mapping.src_port");
_Static_assert(__builtin_offsetof(struct nv_mapping, dst_port) == 50, "nv_mapping.dst_port");
_Static_assert(__builtin_offsetof(struct nv_mapping, protocol) == 52, "nv_mapping.protocol");
_Static_assert(__builtin_offsetof(struct nv_mapping, hook) == 53, "nv_mapping.hook");
_Static_assert(__builtin_offsetof(struct nv_mapping, encapsulation) == 54, "nv_mapping.encapsulation");
_Static_assert(__builtin_offsetof(struct nv_mapping, outer_src) == 55, "nv_mapping.outer_src");
_Static_assert(__builtin_offsetof(struct nv_mapping, outer_dst) == 71, "nv_mapping.outer_dst");
_Static_assert(__builtin_offsetof(struct nv_mapping, pad0) == 87, "nv_mapping.pad0");
_Static_assert(__builtin_offsetof(struct nv_mapping, outer_src_port) == 88, "nv_mapping.outer_src_port");
_Static_assert(__builtin_offsetof(struct nv_mapping, outer_dst_port) == 90, "nv_mapping.outer_dst_port");
_Static_assert(__builtin_offsetof(struct nv_mapping, vni) == 92, "nv_mapping.vni");
_Static_assert(sizeof(struct nv_mapping) == 96, "size of nv_mapping");

/* Stream nat_binding, version 1: one row per host and flow of a pod whose addresses are translated, when first seen and refreshed while in use. */
struct nv_nat_binding {
	__u64 first_seen_ns; /* first found in conntrack, ns */
	__u64 last_seen_ns; /* last found there, ns */
	__u8 src[16]; /* who opened the connection (original tuple) */
	__u8 dst[16]; /* whom it asked for, e.g. a service */
	__u8 reply_src[16]; /* who answers, e.g. a backend (reply tuple) */
	__u8 reply_dst[16]; /* whom it answers, e.g. the host that stands for a pod */
	__u16 src_port; /* of src */
	__u16 dst_port; /* of dst */
	__u16 reply_src_port; /* of reply_src */
	__u16 reply_dst_port; /* of reply_dst */
	__u8 protocol; /* IP protocol number */
	__u8 kind; /* enum nv_nat_kind: dnat: dst is not who answers; snat: src is not who is answered */
	__u8 pad0[6];
};
_Static_assert(__builtin_offsetof(struct nv_nat_binding, first_seen_ns) == 0, "nv_nat_binding.first_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, last_seen_ns) == 8, "nv_nat_binding.last_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, src) == 16, "nv_nat_binding.src");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, dst) == 32, "nv_nat_binding.dst");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, reply_src) == 48, "nv_nat_binding.reply_src");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, reply_dst) == 64, "nv_nat_binding.reply_dst");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, src_port) == 80, "nv_nat_binding.src_port");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, dst_port) == 82, "nv_nat_binding.dst_port");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, reply_src_port) == 84, "nv_nat_binding.reply_src_port");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, reply_dst_port) == 86, "nv_nat_binding.reply_dst_port");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, protocol) == 88, "nv_nat_binding.protocol");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, kind) == 89, "nv_nat_binding.kind");
_Static_assert(__builtin_offsetof(struct nv_nat_binding, pad0) == 90, "nv_nat_binding.pad0");
_Static_assert(sizeof(struct nv_nat_binding) == 96, "size of nv_nat_binding");

/* Stream dns_exchange, version 1: one row per tap and DNS query when it ends; one that stays unanswered for a second makes a row, and another if it is answered later. */
struct nv_dns_exchange {
	__u64 query_ns; /* the query passed the tap, for the first time if it was repeated, ns */
	__u64 wait_ns; /* from then to the answer, or to the sweep that found it unanswered, ns */
	__u64 answer_ns; /* from the last repeat to the answer, 0 if there was none, ns */
	__u8 tap_role; /* enum nv_tap_role: role of the interface */
	__u8 pad0[3];
	__u32 ifindex; /* interface index in the host namespace; 0 for the uplinks taken together */
	__u8 src[16]; /* who asks */
	__u8 dst[16]; /* who is asked */
	__u16 src_port; /* port that asks, of the last repeat */
	__u16 dst_port; /* port that is asked */
	__u8 protocol; /* IP protocol number */
	__u8 rcode; /* response code: 0 no error, 2 server failure, 3 no such name, 5 refused (RFC 1035) */
	__u8 state; /* enum nv_dns_state: how it ended */
	__u8 truncated; /* 1 if the answer says that it was cut */
	__u16 transaction_id; /* chosen by who asks */
	__u16 query_type; /* 1 A, 5 CNAME, 15 MX, 28 AAAA, 33 SRV, … (RFC 1035 and IANA) */
	__u16 answer_records; /* records in the answer section */
	__u16 answer_bytes; /* length of the answer, bytes */
	__u16 repeats; /* the same question with the same id again before an answer, from any port */
	__u8 pad1[6];
};
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, query_ns) == 0, "nv_dns_exchange.query_ns");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, wait_ns) == 8, "nv_dns_exchange.wait_ns");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, answer_ns) == 16, "nv_dns_exchange.answer_ns");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, tap_role) == 24, "nv_dns_exchange.tap_role");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, pad0) == 25, "nv_dns_exchange.pad0");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, ifindex) == 28, "nv_dns_exchange.ifindex");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, src) == 32, "nv_dns_exchange.src");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, dst) == 48, "nv_dns_exchange.dst");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, src_port) == 64, "nv_dns_exchange.src_port");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, dst_port) == 66, "nv_dns_exchange.dst_port");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, protocol) == 68, "nv_dns_exchange.protocol");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, rcode) == 69, "nv_dns_exchange.rcode");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, state) == 70, "nv_dns_exchange.state");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, truncated) == 71, "nv_dns_exchange.truncated");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, transaction_id) == 72, "nv_dns_exchange.transaction_id");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, query_type) == 74, "nv_dns_exchange.query_type");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, answer_records) == 76, "nv_dns_exchange.answer_records");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, answer_bytes) == 78, "nv_dns_exchange.answer_bytes");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, repeats) == 80, "nv_dns_exchange.repeats");
_Static_assert(__builtin_offsetof(struct nv_dns_exchange, pad1) == 82, "nv_dns_exchange.pad1");
_Static_assert(sizeof(struct nv_dns_exchange) == 88, "size of nv_dns_exchange");

/* Stream quic_connection, version 1: one row per host, tap, QUIC connection and sweep interval in which it changed. */
struct nv_quic_connection {
	__u64 client_initials; /* datagrams of the client that begin with an Initial packet */
	__u64 retries; /* Retry packets of the server: the client had to prove its address */
	__u64 version_negotiations; /* packets of the server that name other versions */
	__u64 spin_edges; /* changes of the spin bit that came in turn: the server follows the client */
	__u64 spin_strays; /* changes out of turn: reordering, or an endpoint that fills in random bits */
	__u64 spin_samples; /* round trips told by the spin bit, only while it spins */
	__u64 spin_sum_ns; /* their sum, ns */
	__u64 spin_server_sum_ns; /* of that, from the tap to the server and back; the rest is to the client and back, ns */
	__u32 spin_hist[24]; /* round trips, log2 of microseconds */
	__u32 version; /* version of the last long header: 1, 0x6b3343cf for version 2, others as sent */
	__u8 pad0[4];
	__u64 first_seen_ns; /* first packet seen, ns */
	__u64 last_seen_ns; /* last packet seen, ns */
	__u64 initial_ns; /* first Initial of the client passed, 0 if it was not seen, ns */
	__u64 server_ns; /* from then to the first Initial or Handshake of the server, 0 if none, ns */
	__u64 established_ns; /* from then to the first datagram of the client with a short header, 0 if none, ns */
	__u64 spin_min_ns; /* least round trip of the connection so far, 0 if none, ns */
	__u8 spins; /* 1 while the spin bit changes in turn */
	__u8 pad1[7];
};
_Static_assert(__builtin_offsetof(struct nv_quic_connection, client_initials) == 0, "nv_quic_connection.client_initials");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, retries) == 8, "nv_quic_connection.retries");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, version_negotiations) == 16, "nv_quic_connection.version_negotiations");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_edges) == 24, "nv_quic_connection.spin_edges");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_strays) == 32, "nv_quic_connection.spin_strays");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_samples) == 40, "nv_quic_connection.spin_samples");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_sum_ns) == 48, "nv_quic_connection.spin_sum_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_server_sum_ns) == 56, "nv_quic_connection.spin_server_sum_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_hist) == 64, "nv_quic_connection.spin_hist");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, version) == 160, "nv_quic_connection.version");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, pad0) == 164, "nv_quic_connection.pad0");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, first_seen_ns) == 168, "nv_quic_connection.first_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, last_seen_ns) == 176, "nv_quic_connection.last_seen_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, initial_ns) == 184, "nv_quic_connection.initial_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, server_ns) == 192, "nv_quic_connection.server_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, established_ns) == 200, "nv_quic_connection.established_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spin_min_ns) == 208, "nv_quic_connection.spin_min_ns");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, spins) == 216, "nv_quic_connection.spins");
_Static_assert(__builtin_offsetof(struct nv_quic_connection, pad1) == 217, "nv_quic_connection.pad1");
_Static_assert(sizeof(struct nv_quic_connection) == 224, "size of nv_quic_connection");

/* Stream socket_owner, version 1: one row per host, socket and process that holds it, when first seen; told again while it does. */
struct nv_socket_owner {
	__u8 src[16]; /* address the data come from */
	__u8 dst[16]; /* address the data go to */
	__u16 src_port; /* port the data come from */
	__u16 dst_port; /* port the data go to */
	__u8 protocol; /* IP protocol number */
	__u8 tcp_state; /* TCP state of the socket */
	__u8 pad0[2];
	__u32 netns; /* inode of the socket namespace */
	__u32 tgid; /* process */
	__u32 uid; /* user */
	char comm[16]; /* process name */
	__u8 pad1[4];
};
_Static_assert(__builtin_offsetof(struct nv_socket_owner, src) == 0, "nv_socket_owner.src");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, dst) == 16, "nv_socket_owner.dst");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, src_port) == 32, "nv_socket_owner.src_port");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, dst_port) == 34, "nv_socket_owner.dst_port");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, protocol) == 36, "nv_socket_owner.protocol");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, tcp_state) == 37, "nv_socket_owner.tcp_state");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, pad0) == 38, "nv_socket_owner.pad0");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, netns) == 40, "nv_socket_owner.netns");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, tgid) == 44, "nv_socket_owner.tgid");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, uid) == 48, "nv_socket_owner.uid");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, comm) == 52, "nv_socket_owner.comm");
_Static_assert(__builtin_offsetof(struct nv_socket_owner, pad1) == 68, "nv_socket_owner.pad1");
_Static_assert(sizeof(struct nv_socket_owner) == 72, "size of nv_socket_owner");

#endif
