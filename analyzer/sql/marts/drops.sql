-- One row per host, reason and place where packets of armed flows were dropped.
CREATE OR REPLACE MACRO drops(from_ns, to_ns) AS TABLE
SELECT
  p.host, p.src, p.src_port, p.dst, p.dst_port, p.protocol, p.ifname, p.netns,
  p.drop_reason_name AS reason, p.drop_symbol AS symbol, count(*) AS packets, sum(p.length) AS bytes
FROM stg_packet(from_ns, to_ns) p
WHERE p.probe = 'drop' AND p.at_ns BETWEEN from_ns AND to_ns
GROUP BY ALL
ORDER BY packets DESC;
