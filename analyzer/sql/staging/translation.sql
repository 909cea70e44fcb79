-- One row per flow as a tap may see it, before or after address translation, and time in which it stood for another:
-- `true_*` is the client itself and the backend itself. A flow seen under its true addresses has no row.
CREATE OR REPLACE MACRO stg_translation(from_ns, to_ns) AS TABLE
WITH
bindings AS (SELECT * FROM stg_binding(from_ns, to_ns)),
seen AS (
  SELECT src, src_port, dst, dst_port, protocol, first_ns, last_ns,
    src AS true_src, src_port AS true_src_port, reply_src AS true_dst, reply_src_port AS true_dst_port
  FROM bindings
  UNION ALL
  SELECT reply_dst, reply_dst_port, reply_src, reply_src_port, protocol, first_ns, last_ns,
    src, src_port, reply_src, reply_src_port
  FROM bindings
),
directed AS (
  SELECT * FROM seen
  UNION ALL
  SELECT dst, dst_port, src, src_port, protocol, first_ns, last_ns, true_dst, true_dst_port, true_src, true_src_port
  FROM seen
)
SELECT * EXCLUDE (first_ns, last_ns),
  -- A look-up may come ten seconds late: what precedes the first binding is its own.
  CASE WHEN row_number() OVER turn = 1 THEN first_ns - 10000000000 ELSE first_ns END AS from_ns,
  least(last_ns + 60000000000, coalesce(lead(first_ns) OVER turn, 9223372036854775807)) AS until_ns
FROM directed
WHERE (src, src_port, dst, dst_port) <> (true_src, true_src_port, true_dst, true_dst_port)
WINDOW turn AS (PARTITION BY src, src_port, dst, dst_port, protocol ORDER BY first_ns, last_ns, true_src, true_src_port, true_dst, true_dst_port);
