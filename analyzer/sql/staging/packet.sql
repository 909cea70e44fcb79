-- One row per traced packet in the window and probe that saw it, under the true addresses of its flow.
CREATE OR REPLACE MACRO stg_packet(from_ns, to_ns) AS TABLE
SELECT p.* EXCLUDE (src, src_port, dst, dst_port),
  coalesce(t.true_src, p.src) AS src, coalesce(t.true_src_port, p.src_port) AS src_port,
  coalesce(t.true_dst, p.dst) AS dst, coalesce(t.true_dst_port, p.dst_port) AS dst_port,
  p.time_ns + c.offset_ns AS at_ns
FROM packet_event p
JOIN host_clock c ON c.host = p.host
LEFT JOIN stg_translation(from_ns, to_ns) t
  ON t.src = p.src AND t.src_port = p.src_port AND t.dst = p.dst AND t.dst_port = p.dst_port
 AND t.protocol = p.protocol
 AND p.time_ns + c.offset_ns >= t.from_ns AND p.time_ns + c.offset_ns < t.until_ns
WHERE p.received_ns BETWEEN from_ns AND to_ns + 10000000000;
