-- One row per mark sample in the window, placed on the path of its data:
-- ap and au are the pod tap and the uplink of the host the data come from, bu and bp those of the host they go to.
-- A flow between two pods of one host has no uplinks.
CREATE OR REPLACE MACRO stg_mark(from_ns, to_ns) AS TABLE
SELECT
  s.src, s.src_port, s.dst, s.dst_port, s.protocol,
  s.mark, s.closing_ack, s.class, s.piggyback,
  s.host, s.start_ns, s.turnaround_ns,
  s.start_ns + c.offset_ns AS at_ns,
  CASE
    WHEN s.tap_role = 'uplink' AND s.host = es.host AND es.host IS DISTINCT FROM ed.host THEN 'au'
    WHEN s.tap_role = 'uplink' AND s.host = ed.host AND es.host IS DISTINCT FROM ed.host THEN 'bu'
    WHEN s.tap_role = 'pod' AND s.host = es.host AND s.ifindex = es.ifindex THEN 'ap'
    WHEN s.tap_role = 'pod' AND s.host = ed.host AND s.ifindex = ed.ifindex THEN 'bp'
  END AS place
FROM mark_sample s
JOIN host_clock c ON c.host = s.host
LEFT JOIN stg_endpoint es ON es.address = s.src
LEFT JOIN stg_endpoint ed ON ed.address = s.dst
WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000
  AND s.start_ns + c.offset_ns BETWEEN from_ns AND to_ns;
