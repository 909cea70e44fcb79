-- One row per look at a sending socket in the window, under the true addresses of its flow.
CREATE OR REPLACE MACRO stg_socket_time(from_ns, to_ns) AS TABLE
SELECT s.* EXCLUDE (src, src_port, dst, dst_port),
  coalesce(t.true_src, s.src) AS src, coalesce(t.true_src_port, s.src_port) AS src_port,
  coalesce(t.true_dst, s.dst) AS dst, coalesce(t.true_dst_port, s.dst_port) AS dst_port,
  s.time_ns + c.offset_ns AS at_ns
FROM socket_time s
JOIN host_clock c ON c.host = s.host
LEFT JOIN stg_translation(from_ns, to_ns) t
  ON t.src = s.src AND t.src_port = s.src_port AND t.dst = s.dst AND t.dst_port = s.dst_port
 AND t.protocol = s.protocol
 AND s.time_ns + c.offset_ns >= t.from_ns AND s.time_ns + c.offset_ns < t.until_ns
WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000
  AND s.time_ns + c.offset_ns BETWEEN from_ns AND to_ns;
