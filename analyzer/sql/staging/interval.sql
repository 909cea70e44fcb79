-- One row per flow interval that ends in the window, under the true addresses of its flow, placed on the path of its
-- data, with the owners of both addresses at its end.
CREATE OR REPLACE MACRO stg_interval(from_ns, to_ns) AS TABLE
WITH intervals AS (
  SELECT f.* EXCLUDE (src, src_port, dst, dst_port),
    coalesce(t.true_src, f.src) AS src, coalesce(t.true_src_port, f.src_port) AS src_port,
    coalesce(t.true_dst, f.dst) AS dst, coalesce(t.true_dst_port, f.dst_port) AS dst_port,
    f.interval_end_ns + c.offset_ns AS at_ns
  FROM flow_interval f
  JOIN host_clock c ON c.host = f.host
  LEFT JOIN stg_translation(from_ns, to_ns) t
    ON t.src = f.src AND t.src_port = f.src_port AND t.dst = f.dst AND t.dst_port = f.dst_port
   AND t.protocol = f.protocol
   AND f.interval_end_ns + c.offset_ns >= t.from_ns AND f.interval_end_ns + c.offset_ns < t.until_ns
  WHERE f.received_ns BETWEEN from_ns AND to_ns + 10000000000
    AND f.interval_end_ns + c.offset_ns BETWEEN from_ns AND to_ns
)
SELECT
  f.*,
  on_path(f.tap_role, f.host, f.ifindex, es.host, es.ifindex, ed.host, ed.ifindex) AS place,
  es.host AS src_host, ed.host AS dst_host,
  es.pod AS src_pod, ed.pod AS dst_pod,
  coalesce(es.lost_ns > to_ns, true) AS src_present,
  coalesce(ed.lost_ns > to_ns, true) AS dst_present
FROM intervals f
LEFT JOIN stg_owner es ON es.address = f.src AND f.at_ns >= es.from_ns AND f.at_ns < es.until_ns
LEFT JOIN stg_owner ed ON ed.address = f.dst AND f.at_ns >= ed.from_ns AND f.at_ns < ed.until_ns;
