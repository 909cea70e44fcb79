-- One row per host, address of a pod elsewhere, and tunnel end that the host's packets for it went to in the window,
-- where that end is not one of the pod's host: some other host's, or one that it did not use for that host before.
CREATE OR REPLACE MACRO misdirected(from_ns, to_ns) AS TABLE
WITH
told AS (
  SELECT m.host, m.hook, m.dst, m.outer_src, m.outer_dst,
    min(m.first_seen_ns + c.offset_ns) AS first_ns, max(m.last_seen_ns + c.offset_ns) AS used_ns
  FROM mapping m
  JOIN host_clock c ON c.host = m.host
  WHERE m.received_ns BETWEEN from_ns - 60000000000 AND to_ns + 10000000000
  GROUP BY m.host, m.hook, m.dst, m.outer_src, m.outer_dst
),
-- Where a host is, by its own word.
ends AS (SELECT DISTINCT host, outer_src AS address FROM told WHERE hook = 'egress'),
sent AS (
  SELECT t.*, d.host AS dst_host
  FROM told t
  JOIN stg_owner d ON d.address = t.dst AND t.used_ns >= d.from_ns AND t.used_ns < d.until_ns
  WHERE t.hook = 'egress' AND d.host <> t.host
),
usual AS (SELECT host, string_agg(address, ', ' ORDER BY address) AS usual FROM ends GROUP BY host)
SELECT s.host, s.dst_host, s.dst, s.outer_dst, u.usual,
  (SELECT min(e.host) FROM ends e WHERE e.address = s.outer_dst) AS end_host
FROM sent s
JOIN usual u ON u.host = s.dst_host
WHERE s.used_ns BETWEEN from_ns AND to_ns
  AND NOT EXISTS (FROM ends e WHERE e.host = s.dst_host AND e.address = s.outer_dst)
  AND (
    EXISTS (FROM ends e WHERE e.address = s.outer_dst)
    OR NOT EXISTS (
      FROM sent b
      WHERE b.host = s.host AND b.dst_host = s.dst_host AND b.outer_dst = s.outer_dst AND b.first_ns < from_ns));
