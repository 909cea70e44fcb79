-- One row per direction of data from an armed socket: the share of the time that it was starved by its send buffer: all
-- was sent, the congestion window had room, and a writer waited.
CREATE OR REPLACE MACRO writer_time(from_ns, to_ns) AS TABLE
SELECT src, src_port, dst, dst_port, protocol,
  sum(lasts_ns) FILTER (writer_waits = 1 AND unsent_bytes = 0 AND write_queue_bytes > 0 AND packets_out < snd_cwnd)
    / sum(lasts_ns) AS starved_share,
  sum(lasts_ns) / 1000.0 AS span_us
FROM stg_socket_event(from_ns, to_ns)
WHERE lasts_ns > 0
GROUP BY ALL;
