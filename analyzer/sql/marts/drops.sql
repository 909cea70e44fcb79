-- One row per host, reason and place where packets of armed flows were dropped, with the rule that did it where its
-- host could name it.
CREATE OR REPLACE MACRO drops(from_ns, to_ns) AS TABLE
SELECT
  p.host, p.src, p.src_port, p.dst, p.dst_port, p.protocol, p.ifname, p.netns,
  p.drop_reason_name AS reason, p.drop_symbol AS symbol, max(r.rule) AS rule,
  count(*) AS packets, sum(p.length) AS bytes
FROM stg_packet(from_ns, to_ns) p
LEFT JOIN drop_rule r ON r.host = p.host AND r.netns = p.netns AND r.time_ns = p.time_ns
WHERE p.probe = 'drop' AND p.at_ns BETWEEN from_ns AND to_ns
GROUP BY p.host, p.src, p.src_port, p.dst, p.dst_port, p.protocol, p.ifname, p.netns, p.drop_reason_name, p.drop_symbol
ORDER BY packets DESC;
