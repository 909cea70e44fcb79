-- One row per inner flow whose packets may have gone under this outer header at that time, on the analyzer's clock,
-- with the pods at both ends as of then; `used` tells whether hosts saw it in use just then. A header that was used
-- again belongs to whoever had it at the time; of several that shared it, each has a row. Answers reach as far back as
-- records are kept.
CREATE OR REPLACE MACRO packet_owners(
  outer_src_ip, outer_src_number, outer_dst_ip, outer_dst_number, at_ns) AS TABLE
WITH
candidates AS (
  SELECT *, greatest(m.first_ns - at_ns, at_ns - m.last_ns, 0) AS away_ns
  FROM stg_mapping(0, 9000000000000000000) m
  WHERE m.outer_src = outer_src_ip AND m.outer_src_port = outer_src_number
    AND m.outer_dst = outer_dst_ip AND m.outer_dst_port = outer_dst_number
),
-- Hosts refresh the last use of a mapping four times a second.
nearest AS (
  SELECT * FROM candidates WHERE away_ns <= greatest(250000000, (SELECT min(away_ns) FROM candidates))
)
SELECT
  n.src, n.src_port, n.dst, n.dst_port, n.protocol, n.encapsulation, n.vni,
  es.host AS src_host, es.pod AS src_pod, ed.host AS dst_host, ed.pod AS dst_pod,
  n.created_ns, n.first_ns, n.last_ns, n.away_ns <= 250000000 AS used
FROM nearest n
LEFT JOIN stg_owner es ON es.address = n.src AND at_ns >= es.from_ns AND at_ns < es.until_ns
LEFT JOIN stg_owner ed ON ed.address = n.dst AND at_ns >= ed.from_ns AND at_ns < ed.until_ns
ORDER BY n.away_ns, n.first_ns DESC;
