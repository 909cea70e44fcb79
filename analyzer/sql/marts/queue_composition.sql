-- One row per host, device and flow: its bytes that left the device while a packet of an armed flow, sent as
-- data that the sender was waiting for, stood in the device's queue. `victim` marks the armed flows themselves.
CREATE OR REPLACE MACRO queue_composition(from_ns, to_ns, least_residence_us) AS TABLE
WITH
edges AS MATERIALIZED (SELECT * FROM mark_edges(from_ns, to_ns)),
-- The newest hundred tell as much as all.
residence AS (
  SELECT src_host AS host, src, src_port, dst, dst_port, au_ns AS start_ns, au_ns + (sender_tx * 1000)::BIGINT AS end_ns
  FROM edges WHERE sender_tx > least_residence_us
  UNION ALL
  SELECT dst_host, dst, dst_port, src, src_port, (bu_ns + t_bu * 1000)::BIGINT,
    (bu_ns + t_bu * 1000 + receiver_tx * 1000)::BIGINT
  FROM edges WHERE receiver_tx > least_residence_us
  ORDER BY start_ns DESC, end_ns, host, src, src_port, dst, dst_port LIMIT 100
),
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
