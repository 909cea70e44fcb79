-- One row per host and translated flow that was in use not long before the window's end, on the analyzer's clock.
CREATE OR REPLACE MACRO stg_binding(from_ns, to_ns) AS TABLE
SELECT
  b.host, b.kind, b.src, b.src_port, b.dst, b.dst_port,
  b.reply_src, b.reply_src_port, b.reply_dst, b.reply_dst_port, b.protocol,
  b.first_seen_ns + c.offset_ns AS first_ns, max(b.last_seen_ns + c.offset_ns) AS last_ns
FROM nat_binding b
JOIN host_clock c ON c.host = b.host
-- Bindings are told of again every ten seconds, those of flows that wait for an answer as often as they ask.
WHERE b.received_ns BETWEEN from_ns - 60000000000 AND to_ns + 10000000000
GROUP BY ALL;
