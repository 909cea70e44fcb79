-- One row per thing that the flight recorder of a tap kept of a flow and that happened in the window, under the true
-- addresses of the flow, with the pod whose tap it was.
CREATE OR REPLACE MACRO stg_flight(from_ns, to_ns) AS TABLE
WITH kept AS (
  SELECT f.* EXCLUDE (src, src_port, dst, dst_port),
    coalesce(t.true_src, f.src) AS src, coalesce(t.true_src_port, f.src_port) AS src_port,
    coalesce(t.true_dst, f.dst) AS dst, coalesce(t.true_dst_port, f.dst_port) AS dst_port,
    f.time_ns + c.offset_ns AS at_ns
  FROM flight f
  JOIN host_clock c ON c.host = f.host
  LEFT JOIN stg_translation(from_ns, to_ns) t
    ON t.src = f.src AND t.src_port = f.src_port AND t.dst = f.dst AND t.dst_port = f.dst_port
   AND t.protocol = f.protocol
   AND f.time_ns + c.offset_ns >= t.from_ns AND f.time_ns + c.offset_ns < t.until_ns
  WHERE f.received_ns BETWEEN from_ns AND to_ns + 10000000000
    AND f.time_ns + c.offset_ns BETWEEN from_ns AND to_ns
)
SELECT k.*, o.pod
FROM kept k
LEFT JOIN stg_owner o
  ON k.tap_role = 'pod' AND o.address IN (k.src, k.dst) AND o.host = k.host AND o.ifindex = k.ifindex
 AND k.at_ns >= o.from_ns AND k.at_ns < o.until_ns;
