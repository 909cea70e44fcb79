-- One row per direction of an armed flow and tap: payload bytes seen of the sequence range that every host had the
-- time to see, for flows of which no tap left anything out and no host lost records meanwhile. The range starts where the last host was armed and ends 300 ms before the sender's newest packet.
-- Of UDP the same of the datagrams that the sender's tap saw up to 300 ms before the end, each known by its name.
CREATE OR REPLACE MACRO tap_ranges(from_ns, to_ns) AS TABLE
WITH
lossy AS (
  SELECT DISTINCT host FROM loss_account
  WHERE received_ns BETWEEN from_ns AND to_ns + 10000000000
    AND records > 0 AND reason NOT IN ('budget', 'evicted') AND probe IN ('', 'tap')
),
taps AS (
  SELECT p.*, on_path(p.tap_role, p.host, p.ifindex, es.host, es.ifindex, ed.host, ed.ifindex) AS place
  FROM stg_packet(from_ns, to_ns) p
  LEFT JOIN stg_owner es ON es.address = p.src AND p.at_ns >= es.from_ns AND p.at_ns < es.until_ns
  LEFT JOIN stg_owner ed ON ed.address = p.dst AND p.at_ns >= ed.from_ns AND p.at_ns < ed.until_ns
  WHERE p.probe = 'tap' AND p.end_seq <> p.seq AND p.at_ns BETWEEN from_ns AND to_ns
    AND p.hook = CASE
      WHEN place IN ('ap', 'bu') THEN 'ingress' WHEN place IN ('au', 'bp') THEN 'egress' END
),
relative AS (
  SELECT *,
    (((seq::BIGINT - (first(seq) OVER flow)::BIGINT + 2147483648) & 4294967295) - 2147483648) AS lo,
    (((end_seq::BIGINT - (first(seq) OVER flow)::BIGINT + 2147483648) & 4294967295) - 2147483648) AS hi
  FROM taps WHERE protocol = 6
  WINDOW flow AS (PARTITION BY src, src_port, dst, dst_port ORDER BY at_ns, seq ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  QUALIFY max(left_out) OVER flow = 0 AND NOT bool_or(host IN (FROM lossy)) OVER flow
),
first_at_tap AS (
  SELECT src, src_port, dst, dst_port, place, min(lo) AS lo FROM relative GROUP BY ALL
),
sender AS (
  SELECT src, src_port, dst, dst_port, min(place) AS place, max(at_ns) AS newest
  FROM relative WHERE place IN ('ap', 'au') GROUP BY ALL
),
bounds AS (
  SELECT s.src, s.src_port, s.dst, s.dst_port,
    (SELECT max(f.lo) FROM first_at_tap f
      WHERE f.src = s.src AND f.src_port = s.src_port AND f.dst = s.dst AND f.dst_port = s.dst_port) AS range_from,
    (SELECT max(r.hi) FROM relative r
      WHERE r.src = s.src AND r.src_port = s.src_port AND r.dst = s.dst AND r.dst_port = s.dst_port
        AND r.place = s.place AND r.at_ns < s.newest - 300000000) AS range_to
  FROM sender s
),
datagrams AS (
  SELECT src, src_port, dst, dst_port, place, seq, any_value(host) AS host, min(at_ns) AS at_ns,
    any_value((end_seq::BIGINT - seq::BIGINT) & 4294967295) AS bytes
  FROM taps WHERE protocol = 17
  GROUP BY src, src_port, dst, dst_port, place, seq
  WINDOW flow AS (PARTITION BY src, src_port, dst, dst_port)
  QUALIFY max(max(left_out)) OVER flow = 0 AND NOT bool_or(bool_or(host IN (FROM lossy))) OVER flow
),
sent AS (
  SELECT src, src_port, dst, dst_port, seq, bytes
  FROM (SELECT *, min(place) OVER flow AS first_place, max(begun) OVER flow AS all_armed
    FROM (SELECT *, min(at_ns) OVER (PARTITION BY src, src_port, dst, dst_port, place) AS begun FROM datagrams)
    WINDOW flow AS (PARTITION BY src, src_port, dst, dst_port))
  WHERE place = first_place AND place IN ('ap', 'au') AND at_ns >= all_armed AND at_ns < to_ns - 300000000
),
offered AS (
  SELECT src, src_port, dst, dst_port, sum(bytes) AS bytes FROM sent GROUP BY ALL
)
SELECT r.src, r.src_port, r.dst, r.dst_port, r.place, any_value(r.host) AS host,
  any_value(b.range_to - b.range_from) AS range_bytes,
  sum(greatest(0, least(r.hi, b.range_to) - greatest(r.lo, b.range_from))) AS bytes,
  count(*) AS packets
FROM relative r
JOIN bounds b USING (src, src_port, dst, dst_port)
WHERE b.range_to > b.range_from
GROUP BY r.src, r.src_port, r.dst, r.dst_port, r.place
UNION ALL
SELECT d.src, d.src_port, d.dst, d.dst_port, d.place, any_value(d.host) AS host,
  any_value(o.bytes) AS range_bytes,
  coalesce(sum(d.bytes) FILTER (s.seq IS NOT NULL), 0) AS bytes,
  count(s.seq) AS packets
FROM datagrams d
JOIN offered o USING (src, src_port, dst, dst_port)
LEFT JOIN sent s USING (src, src_port, dst, dst_port, seq)
GROUP BY d.src, d.src_port, d.dst, d.dst_port, d.place;
