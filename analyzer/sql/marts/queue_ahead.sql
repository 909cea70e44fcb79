-- One row per host, device and flow: its bytes that left the device during any of the stays, each {host, src, src_port,
-- dst, dst_port, start_ns, end_ns} on the clock of its host. `victim` marks the flows whose stays they are.
CREATE OR REPLACE MACRO queue_ahead(from_ns, to_ns, stays) AS TABLE
WITH
residence AS (SELECT unnest(stays, max_depth := 2)),
sent AS (
  SELECT * FROM stg_packet(from_ns, to_ns) WHERE probe = 'dev_xmit' AND tap_role = 'uplink'
)
SELECT
  r.host, s.ifname, s.src, s.src_port, s.dst, s.dst_port, s.protocol,
  bool_or(s.armed = 1) AS armed,
  bool_or(s.src = r.src AND s.src_port = r.src_port AND s.dst = r.dst AND s.dst_port = r.dst_port) AS victim,
  sum(s.length) AS bytes_ahead,
  count(DISTINCT r.start_ns) AS packets_delayed
FROM residence r
JOIN sent s ON s.host = r.host AND s.time_ns >= r.start_ns AND s.time_ns < r.end_ns
GROUP BY r.host, s.ifname, s.src, s.src_port, s.dst, s.dst_port, s.protocol
ORDER BY bytes_ahead DESC;
