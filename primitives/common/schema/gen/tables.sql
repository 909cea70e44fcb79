-- Generated from primitives/common/schema/streams.ts by `npm run generate`. Do not edit.

-- one row per host, tap, flow, direction of data and sweep interval in which it changed
CREATE TABLE IF NOT EXISTS flow_interval (
  "host" VARCHAR NOT NULL,
  "interval_start_ns" BIGINT NOT NULL,
  "interval_end_ns" BIGINT NOT NULL,
  "ifname" VARCHAR NOT NULL,
  "pod" VARCHAR NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "wire_bytes" BIGINT NOT NULL,
  "payload_bytes" BIGINT NOT NULL,
  "first_seen_ns" BIGINT NOT NULL,
  "last_seen_ns" BIGINT NOT NULL,
  "request_since_ns" BIGINT NOT NULL,
  "packets" UINTEGER NOT NULL,
  "data_segments" UINTEGER NOT NULL,
  "ecn_ce" UINTEGER NOT NULL,
  "retransmitted_segments" UINTEGER NOT NULL,
  "holes" UINTEGER NOT NULL,
  "probes" UINTEGER NOT NULL,
  "rtt_sum_ns" BIGINT NOT NULL,
  "rtt_min_ns" BIGINT NOT NULL,
  "response_sum_ns" BIGINT NOT NULL,
  "responses" UINTEGER NOT NULL,
  "rtt_exact" UINTEGER NOT NULL,
  "samples" UINTEGER NOT NULL,
  "samples_void" UINTEGER NOT NULL,
  "rtt_mean_us" UINTEGER NOT NULL,
  "response_mean_us" UINTEGER NOT NULL,
  "duplicate_acks" UINTEGER NOT NULL,
  "sack_acks" UINTEGER NOT NULL,
  "sack_blocks" UINTEGER NOT NULL,
  "dsacks" UINTEGER NOT NULL,
  "rtt_exact_hist" UINTEGER[] NOT NULL,
  "rtt_other_hist" UINTEGER[] NOT NULL,
  "response_hist" UINTEGER[] NOT NULL,
  "handshake_ns" BIGINT NOT NULL,
  "retransmitted_bytes" BIGINT NOT NULL,
  "hole_bytes" BIGINT NOT NULL,
  "filled_bytes" BIGINT NOT NULL,
  "zero_window_ns" BIGINT NOT NULL,
  "small_window_ns" BIGINT NOT NULL,
  "stalled_ns" BIGINT NOT NULL,
  "two_way_gap_ns" BIGINT NOT NULL,
  "rto_retransmissions" UINTEGER NOT NULL,
  "fast_retransmissions" UINTEGER NOT NULL,
  "overtaken" UINTEGER NOT NULL,
  "zero_windows" UINTEGER NOT NULL,
  "small_windows" UINTEGER NOT NULL,
  "syns" UINTEGER NOT NULL,
  "syn_retries" UINTEGER NOT NULL,
  "syn_acks" UINTEGER NOT NULL,
  "fins" UINTEGER NOT NULL,
  "resets" UINTEGER NOT NULL,
  "icmp_errors" UINTEGER NOT NULL,
  "ecn_echoes" UINTEGER NOT NULL,
  "two_way_gaps" UINTEGER NOT NULL,
  "outstanding_since_ns" BIGINT NOT NULL,
  "snd_max" UINTEGER NOT NULL,
  "ack_max" UINTEGER NOT NULL,
  "window_bytes" UINTEGER NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, tap, direction of data and byte mark whose ACK was seen
CREATE TABLE IF NOT EXISTS mark_sample (
  "host" VARCHAR NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "start_ns" BIGINT NOT NULL,
  "turnaround_ns" BIGINT NOT NULL,
  "mark" UINTEGER NOT NULL,
  "closing_ack" UINTEGER NOT NULL,
  "class" VARCHAR NOT NULL,
  "piggyback" UTINYINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per flow, direction, condition and time that it was raised
CREATE TABLE IF NOT EXISTS alert (
  "host" VARCHAR NOT NULL,
  "source" VARCHAR NOT NULL,
  "begun_ns" BIGINT NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "observed" BIGINT NOT NULL,
  "threshold" BIGINT NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "kind" VARCHAR NOT NULL,
  "of_service" UTINYINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, tap, direction of a flow and thing that happened to it, when an alert is raised for the flow or it is armed
CREATE TABLE IF NOT EXISTS flight (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "told_ns" BIGINT NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "kind" VARCHAR NOT NULL,
  "value" UINTEGER NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per packet and probe, while something is armed
CREATE TABLE IF NOT EXISTS packet_event (
  "host" VARCHAR NOT NULL,
  "ifname" VARCHAR NOT NULL,
  "drop_reason_name" VARCHAR NOT NULL,
  "drop_symbol" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "location" BIGINT NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "flags" UTINYINT NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "probe" VARCHAR NOT NULL,
  "hook" VARCHAR NOT NULL,
  "armed" UTINYINT NOT NULL,
  "left_out" UINTEGER NOT NULL,
  "seq" UINTEGER NOT NULL,
  "end_seq" UINTEGER NOT NULL,
  "ack" UINTEGER NOT NULL,
  "ip_id" USMALLINT NOT NULL,
  "cpu" USMALLINT NOT NULL,
  "length" UINTEGER NOT NULL,
  "backlog_bytes" UINTEGER NOT NULL,
  "backlog_packets" UINTEGER NOT NULL,
  "netns" UINTEGER NOT NULL,
  "drop_reason" UINTEGER NOT NULL,
  "pid" UINTEGER NOT NULL,
  "comm" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host and dropped packet whose netfilter rule could be named
CREATE TABLE IF NOT EXISTS drop_rule (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "netns" UINTEGER NOT NULL,
  "rule" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per event of an armed socket, while it is armed
CREATE TABLE IF NOT EXISTS socket_event (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "probe" VARCHAR NOT NULL,
  "ca_state" UTINYINT NOT NULL,
  "tcp_state" UTINYINT NOT NULL,
  "icsk_pending" UTINYINT NOT NULL,
  "writer_waits" UTINYINT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "netns" UINTEGER NOT NULL,
  "pid" UINTEGER NOT NULL,
  "tgid" UINTEGER NOT NULL,
  "srtt_us" UINTEGER NOT NULL,
  "snd_cwnd" UINTEGER NOT NULL,
  "snd_wnd" UINTEGER NOT NULL,
  "rcv_wnd" UINTEGER NOT NULL,
  "packets_out" UINTEGER NOT NULL,
  "write_queue_bytes" UINTEGER NOT NULL,
  "unsent_bytes" UINTEGER NOT NULL,
  "read_queue_bytes" UINTEGER NOT NULL,
  "sndbuf" INTEGER NOT NULL,
  "rcvbuf" INTEGER NOT NULL,
  "comm" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per look at a TCP socket that sends and is, or ever was, held by a buffer or window
CREATE TABLE IF NOT EXISTS socket_time (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "busy_us" BIGINT NOT NULL,
  "rwnd_limited_us" BIGINT NOT NULL,
  "sndbuf_limited_us" BIGINT NOT NULL,
  "bytes_acked" BIGINT NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "tcp_state" UTINYINT NOT NULL,
  "writer_waits" UTINYINT NOT NULL,
  "netns" UINTEGER NOT NULL,
  "tgid" UINTEGER NOT NULL,
  "srtt_us" UINTEGER NOT NULL,
  "snd_cwnd" UINTEGER NOT NULL,
  "snd_wnd" UINTEGER NOT NULL,
  "packets_out" UINTEGER NOT NULL,
  "write_queue_bytes" UINTEGER NOT NULL,
  "unsent_bytes" UINTEGER NOT NULL,
  "sndbuf" INTEGER NOT NULL,
  "comm" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per wait of a watched thread or softirq, and per run of whatever had the CPU meanwhile
CREATE TABLE IF NOT EXISTS sched_event (
  "host" VARCHAR NOT NULL,
  "cgroup" VARCHAR NOT NULL,
  "start_ns" BIGINT NOT NULL,
  "end_ns" BIGINT NOT NULL,
  "kind" VARCHAR NOT NULL,
  "watched" UTINYINT NOT NULL,
  "priority" USMALLINT NOT NULL,
  "cpu" UINTEGER NOT NULL,
  "pid" UINTEGER NOT NULL,
  "tgid" UINTEGER NOT NULL,
  "netns" UINTEGER NOT NULL,
  "cgroup_id" BIGINT NOT NULL,
  "comm" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, inner flow, direction and outer header, refreshed while in use
CREATE TABLE IF NOT EXISTS mapping (
  "host" VARCHAR NOT NULL,
  "first_seen_ns" BIGINT NOT NULL,
  "last_seen_ns" BIGINT NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "hook" VARCHAR NOT NULL,
  "encapsulation" VARCHAR NOT NULL,
  "outer_src" VARCHAR NOT NULL,
  "outer_dst" VARCHAR NOT NULL,
  "outer_src_port" USMALLINT NOT NULL,
  "outer_dst_port" USMALLINT NOT NULL,
  "vni" UINTEGER NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host and flow of a pod whose addresses are translated, when first seen and refreshed while in use
CREATE TABLE IF NOT EXISTS nat_binding (
  "host" VARCHAR NOT NULL,
  "first_seen_ns" BIGINT NOT NULL,
  "last_seen_ns" BIGINT NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "reply_src" VARCHAR NOT NULL,
  "reply_dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "reply_src_port" USMALLINT NOT NULL,
  "reply_dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "kind" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per tap and DNS query when it ends; one that stays unanswered for a second makes a row, and another if it is answered later
CREATE TABLE IF NOT EXISTS dns_exchange (
  "host" VARCHAR NOT NULL,
  "name" VARCHAR NOT NULL,
  "query_ns" BIGINT NOT NULL,
  "wait_ns" BIGINT NOT NULL,
  "answer_ns" BIGINT NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "rcode" UTINYINT NOT NULL,
  "state" VARCHAR NOT NULL,
  "truncated" UTINYINT NOT NULL,
  "transaction_id" USMALLINT NOT NULL,
  "query_type" USMALLINT NOT NULL,
  "answer_records" USMALLINT NOT NULL,
  "answer_bytes" USMALLINT NOT NULL,
  "repeats" USMALLINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, tap, QUIC connection and sweep interval in which it changed
CREATE TABLE IF NOT EXISTS quic_connection (
  "host" VARCHAR NOT NULL,
  "interval_start_ns" BIGINT NOT NULL,
  "interval_end_ns" BIGINT NOT NULL,
  "ifname" VARCHAR NOT NULL,
  "pod" VARCHAR NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "destination_id" VARCHAR NOT NULL,
  "source_id" VARCHAR NOT NULL,
  "client_initials" BIGINT NOT NULL,
  "retries" BIGINT NOT NULL,
  "version_negotiations" BIGINT NOT NULL,
  "spin_edges" BIGINT NOT NULL,
  "spin_strays" BIGINT NOT NULL,
  "spin_samples" BIGINT NOT NULL,
  "spin_sum_ns" BIGINT NOT NULL,
  "spin_server_sum_ns" BIGINT NOT NULL,
  "spin_hist" UINTEGER[] NOT NULL,
  "version" UINTEGER NOT NULL,
  "first_seen_ns" BIGINT NOT NULL,
  "last_seen_ns" BIGINT NOT NULL,
  "initial_ns" BIGINT NOT NULL,
  "server_ns" BIGINT NOT NULL,
  "established_ns" BIGINT NOT NULL,
  "spin_min_ns" BIGINT NOT NULL,
  "spins" UTINYINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, object, metric and sweep, when it changed
CREATE TABLE IF NOT EXISTS host_counter (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "source" VARCHAR NOT NULL,
  "object" VARCHAR NOT NULL,
  "metric" VARCHAR NOT NULL,
  "unit" VARCHAR NOT NULL,
  "value" DOUBLE NOT NULL,
  "temporality" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, address and time that it was found or lost; told again while it is there
CREATE TABLE IF NOT EXISTS endpoint (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "role" VARCHAR NOT NULL,
  "pod" VARCHAR NOT NULL,
  "ifname" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "netns" UINTEGER NOT NULL,
  "address" VARCHAR NOT NULL,
  "present" UTINYINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, socket and process that holds it, when first seen; told again while it does
CREATE TABLE IF NOT EXISTS socket_owner (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "cgroup" VARCHAR NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "tcp_state" UTINYINT NOT NULL,
  "netns" UINTEGER NOT NULL,
  "tgid" UINTEGER NOT NULL,
  "uid" UINTEGER NOT NULL,
  "comm" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, place, probe, processor and sweep in which records were lost
CREATE TABLE IF NOT EXISTS loss_account (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "place" VARCHAR NOT NULL,
  "reason" VARCHAR NOT NULL,
  "probe" VARCHAR NOT NULL,
  "cpu" INTEGER NOT NULL,
  "records" BIGINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, tap, hook and look in which the tap saw clearly less than its device, or a program ran before it
CREATE TABLE IF NOT EXISTS tap_coverage (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "ifname" VARCHAR NOT NULL,
  "ifindex" UINTEGER NOT NULL,
  "tap_role" VARCHAR NOT NULL,
  "pod" VARCHAR NOT NULL,
  "hook" VARCHAR NOT NULL,
  "state" VARCHAR NOT NULL,
  "ahead" VARCHAR NOT NULL,
  "span_ns" BIGINT NOT NULL,
  "device_bytes" BIGINT NOT NULL,
  "missing_bytes" BIGINT NOT NULL,
  "device_packets" BIGINT NOT NULL,
  "tap_packets" BIGINT NOT NULL,
  "unparsed" BIGINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per host, incident and change of arming
CREATE TABLE IF NOT EXISTS arming (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "incident" VARCHAR NOT NULL,
  "state" VARCHAR NOT NULL,
  "detail" VARCHAR NOT NULL,
  "probes" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per start of an agent and change of its taps; told again now and then
CREATE TABLE IF NOT EXISTS host_info (
  "host" VARCHAR NOT NULL,
  "time_ns" BIGINT NOT NULL,
  "kernel" VARCHAR NOT NULL,
  "cpus" VARCHAR NOT NULL,
  "netns" UINTEGER NOT NULL,
  "attach" VARCHAR NOT NULL,
  "taps" VARCHAR NOT NULL,
  "capabilities" VARCHAR NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);

-- one row per record of a flow, or packet sampled, that a switch or router exported to the analyzer
CREATE TABLE IF NOT EXISTS network_flow (
  "exporter" VARCHAR NOT NULL,
  "domain" UINTEGER NOT NULL,
  "format" VARCHAR NOT NULL,
  "direction" VARCHAR NOT NULL,
  "input_interface" UINTEGER NOT NULL,
  "output_interface" UINTEGER NOT NULL,
  "src" VARCHAR NOT NULL,
  "dst" VARCHAR NOT NULL,
  "src_port" USMALLINT NOT NULL,
  "dst_port" USMALLINT NOT NULL,
  "protocol" UTINYINT NOT NULL,
  "sampling" UINTEGER NOT NULL,
  "packets" BIGINT NOT NULL,
  "bytes" BIGINT NOT NULL,
  "start_ns" BIGINT NOT NULL,
  "end_ns" BIGINT NOT NULL,
  -- wall clock of the analyzer
  "received_ns" BIGINT NOT NULL
);
