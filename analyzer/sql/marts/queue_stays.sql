-- One row per packet of an armed flow that stood longer than `least_us` in the queue of a device that is no uplink (of
-- a pod, before a pod, of a tunnel): from its enqueue to its transmit, on the clock of its host.
CREATE OR REPLACE MACRO queue_stays(from_ns, to_ns, least_us) AS TABLE
WITH passed AS (
  SELECT host, netns, ifindex, ifname, probe, time_ns,
    src, src_port, dst, dst_port, protocol, seq, end_seq, ack, ip_id
  FROM stg_packet(from_ns, to_ns)
  WHERE tap_role = 'none' AND armed = 1 AND probe IN ('qdisc_enqueue', 'dev_xmit')
    AND at_ns BETWEEN from_ns AND to_ns
)
SELECT q.host, q.ifname, q.src, q.src_port, q.dst, q.dst_port, q.protocol,
  q.time_ns AS start_ns, x.time_ns AS end_ns
FROM (SELECT * FROM passed WHERE probe = 'qdisc_enqueue') q
ASOF JOIN (SELECT * FROM passed WHERE probe = 'dev_xmit') x
  ON q.host = x.host AND q.netns = x.netns AND q.ifindex = x.ifindex
 AND q.src = x.src AND q.src_port = x.src_port AND q.dst = x.dst AND q.dst_port = x.dst_port
 AND q.protocol = x.protocol AND q.seq = x.seq AND q.end_seq = x.end_seq AND q.ack = x.ack
 AND q.ip_id = x.ip_id AND q.time_ns <= x.time_ns
WHERE x.time_ns - q.time_ns > least_us * 1000
ORDER BY start_ns DESC, end_ns, q.host, q.ifname, q.src, q.src_port, q.dst, q.dst_port
LIMIT 2000;
