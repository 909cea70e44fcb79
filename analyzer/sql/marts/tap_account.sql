-- One row per direction of a flow and place on its path: what passed there in the window.
CREATE OR REPLACE MACRO tap_account(from_ns, to_ns) AS TABLE
SELECT
  f.src, f.src_port, f.dst, f.dst_port, f.protocol,
  coalesce(f.place, 'other') AS place,
  arg_max(f.host, f.at_ns) AS host,
  arg_max(f.src_host, f.at_ns) AS src_host, arg_max(f.dst_host, f.at_ns) AS dst_host,
  arg_max(f.src_pod, f.at_ns) AS src_pod, arg_max(f.dst_pod, f.at_ns) AS dst_pod,
  bool_and(f.src_present) AS src_present,
  bool_and(f.dst_present) AS dst_present,
  sum(f.packets) AS packets,
  sum(f.wire_bytes) AS wire_bytes,
  sum(f.payload_bytes) AS payload_bytes,
  sum(f.data_segments) AS data_segments,
  sum(f.retransmitted_segments) AS retransmitted_segments,
  sum(f.retransmitted_bytes) AS retransmitted_bytes,
  sum(f.rto_retransmissions) AS rto_retransmissions,
  sum(f.holes) AS holes,
  sum(f.sack_acks) AS sack_acks,
  sum(f.zero_windows) AS zero_windows,
  sum(f.syns) AS syns,
  sum(f.syn_retries) AS syn_retries,
  sum(f.syn_acks) AS syn_acks,
  sum(f.fins) AS fins,
  sum(f.resets) AS resets,
  sum(f.icmp_errors) AS icmp_errors,
  sum(f.responses) AS responses,
  sum(f.response_sum_ns) / 1000.0 / nullif(sum(f.responses), 0) AS response_mean_us,
  sum(f.rtt_sum_ns) / 1000.0 / nullif(sum(f.rtt_exact), 0) AS rtt_mean_us,
  max((f.snd_max::BIGINT - f.ack_max::BIGINT) & 4294967295) FILTER (f.outstanding_since_ns > 0) AS outstanding_bytes,
  max(f.interval_end_ns - f.outstanding_since_ns) FILTER (f.outstanding_since_ns > 0) / 1000000.0 AS stuck_ms,
  -- The newest word: an answer ends the waiting.
  arg_max(
    CASE WHEN f.request_since_ns > 0 AND f.response_mean_us > 0
      THEN (f.interval_end_ns - f.request_since_ns) / 1000000.0 ELSE 0 END,
    (f.interval_end_ns, f.request_since_ns, f.response_mean_us)) AS unanswered_ms,
  max(f.response_mean_us) AS usual_response_us,
  (to_ns - max(f.at_ns) FILTER (f.responses > 0)) / 1000000.0 AS answered_ms_ago,
  (to_ns - max(f.at_ns - (f.interval_end_ns - f.last_seen_ns))) / 1000000.0 AS seen_ms_ago,
  arg_max(f.window_bytes, (f.interval_end_ns, f.window_bytes)) AS window_bytes,
  sum(f.interval_end_ns - f.interval_start_ns) / 1e9 AS seconds
FROM stg_interval(from_ns, to_ns) f
GROUP BY 1, 2, 3, 4, 5, 6;
