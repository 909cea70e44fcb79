-- One row per mark sample in the window, under the true addresses of its flow, placed on the path of its data.
CREATE OR REPLACE MACRO stg_mark(from_ns, to_ns) AS TABLE
WITH samples AS (
  SELECT s.* EXCLUDE (src, src_port, dst, dst_port),
    coalesce(t.true_src, s.src) AS src, coalesce(t.true_src_port, s.src_port) AS src_port,
    coalesce(t.true_dst, s.dst) AS dst, coalesce(t.true_dst_port, s.dst_port) AS dst_port,
    s.start_ns + c.offset_ns AS at_ns
  FROM mark_sample s
  JOIN host_clock c ON c.host = s.host
  LEFT JOIN stg_translation(from_ns, to_ns) t
    ON t.src = s.src AND t.src_port = s.src_port AND t.dst = s.dst AND t.dst_port = s.dst_port
   AND t.protocol = s.protocol
   AND s.start_ns + c.offset_ns >= t.from_ns AND s.start_ns + c.offset_ns < t.until_ns
  WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000
    AND s.start_ns + c.offset_ns BETWEEN from_ns AND to_ns
)
SELECT
  s.src, s.src_port, s.dst, s.dst_port, s.protocol,
  s.mark, s.closing_ack, s.class, s.piggyback,
  s.host, s.start_ns, s.turnaround_ns, s.at_ns,
  on_path(s.tap_role, s.host, s.ifindex, es.host, es.ifindex, ed.host, ed.ifindex) AS place
FROM samples s
LEFT JOIN stg_owner es ON es.address = s.src AND s.at_ns >= es.from_ns AND s.at_ns < es.until_ns
LEFT JOIN stg_owner ed ON ed.address = s.dst AND s.at_ns >= ed.from_ns AND s.at_ns < ed.until_ns;
