-- One row per DNS query (client, id, type, name and protocol; the server may be addressed by its service) and place on
-- its path: how often it passed there and was answered. Times on the analyzer's clock.
CREATE OR REPLACE MACRO dns_passage(from_ns, to_ns) AS TABLE
WITH exchange AS (
  -- One that was told as unanswered may be answered later: the row that waited longest is its last.
  SELECT
    host, ifindex, tap_role, src, dst, dst_port, protocol, transaction_id, query_type, name,
    query_ns + offset_ns AS begun_ns,
    arg_max(src_port, (wait_ns, state, src_port)) AS src_port,
    arg_max(state, (wait_ns, state, src_port)) AS state,
    max(wait_ns) AS wait_ns,
    max(repeats) AS repeats
  FROM dns_exchange
  JOIN host_clock USING (host)
  WHERE received_ns BETWEEN from_ns AND to_ns + 10000000000
  GROUP BY ALL
)
SELECT
  e.src, e.transaction_id, e.query_type, e.name, e.protocol,
  on_path(e.tap_role, e.host, e.ifindex, es.host, es.ifindex, ed.host, ed.ifindex) AS place,
  max(e.host) AS host,
  max(e.src_port) AS src_port, max(e.dst) AS dst, max(e.dst_port) AS dst_port,
  min(e.begun_ns) // 1000 AS begun_us,
  max(e.wait_ns) / 1000.0 AS wait_us,
  count(*)::INTEGER AS exchanges,
  sum(e.repeats)::INTEGER AS repeats,
  count_if(e.state = 'answered')::INTEGER AS answers,
  count_if(e.state = 'unreachable')::INTEGER AS unreachable
FROM exchange e
LEFT JOIN stg_owner es ON es.address = e.src AND e.begun_ns >= es.from_ns AND e.begun_ns < es.until_ns
LEFT JOIN stg_owner ed ON ed.address = e.dst AND e.begun_ns >= ed.from_ns AND e.begun_ns < ed.until_ns
WHERE e.begun_ns BETWEEN from_ns AND to_ns AND place IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6;
