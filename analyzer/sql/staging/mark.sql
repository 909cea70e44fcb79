-- One row per mark sample in the window, placed on the path of its data.
CREATE OR REPLACE MACRO stg_mark(from_ns, to_ns) AS TABLE
SELECT
  s.src, s.src_port, s.dst, s.dst_port, s.protocol,
  s.mark, s.closing_ack, s.class, s.piggyback,
  s.host, s.start_ns, s.turnaround_ns,
  s.start_ns + c.offset_ns AS at_ns,
  on_path(s.tap_role, s.host, s.ifindex, es.host, es.ifindex, ed.host, ed.ifindex) AS place
FROM mark_sample s
JOIN host_clock c ON c.host = s.host
LEFT JOIN stg_endpoint es ON es.address = s.src
LEFT JOIN stg_endpoint ed ON ed.address = s.dst
WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000
  AND s.start_ns + c.offset_ns BETWEEN from_ns AND to_ns;
