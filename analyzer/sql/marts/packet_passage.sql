-- One row per segment that the first tap on the path of a TCP flow saw in the window, and probe that saw it: the
-- packet that holds its first byte, whatever super-packet or translated header that is, and how many packets hold its
-- other bytes. `matched` says by what: a sequence range and the IPv4 identification, which a re-send has anew, or,
-- where identifications tell nothing, the order of the passages. `leg` is 1 on the sender's host, 2 on the receiver's.
CREATE OR REPLACE MACRO packet_passage(src_ip, src_number, dst_ip, dst_number, from_ns, to_ns) AS TABLE
WITH
seen AS MATERIALIZED (
  SELECT p.*, row_number() OVER () AS event,
    es.host AS src_host, ed.host AS dst_host, es.pod AS src_pod, ed.pod AS dst_pod,
    CASE WHEN p.probe = 'tap'
      THEN on_path(p.tap_role, p.host, p.ifindex, es.host, es.ifindex, ed.host, ed.ifindex) END AS place,
    -- SYN, FIN and RST take a place of their own.
    greatest((p.end_seq::BIGINT - p.seq::BIGINT) & 4294967295, (p.flags & 7 > 0)::BIGINT) AS span
  FROM stg_packet(from_ns, to_ns) p
  LEFT JOIN stg_owner es ON es.address = p.src AND p.at_ns >= es.from_ns AND p.at_ns < es.until_ns
  LEFT JOIN stg_owner ed ON ed.address = p.dst AND p.at_ns >= ed.from_ns AND p.at_ns < ed.until_ns
  WHERE p.src = src_ip AND p.src_port = src_number AND p.dst = dst_ip AND p.dst_port = dst_number
    AND p.protocol = 6 AND p.armed = 1
),
events AS MATERIALIZED (
  SELECT seen.*, serial_distance(seq, base) AS lo, lo + span AS hi
  FROM seen, (SELECT arg_min(seq, at_ns) AS base FROM seen)
  WHERE span > 0
    AND (probe <> 'tap' OR hook = CASE WHEN place IN ('ap', 'bu') THEN 'ingress' WHEN place IN ('au', 'bp') THEN 'egress' END)
),
sent AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY time_ns, lo) AS segment, host AS origin, time_ns AS sent_ns, at_ns AS sent_at_ns,
    seq, (seq::BIGINT + span) & 4294967295 AS end_seq, lo, hi, ip_id, flags & 7 AS control
  FROM events
  WHERE probe = 'tap' AND at_ns BETWEEN from_ns AND to_ns
    AND place = (SELECT arg_min(place, list_position(['ap', 'au', 'bu', 'bp'], place)) FROM events)
),
-- A packet may hold several segments or a part of one. Identifications count segments from the first of a packet on.
pairs AS MATERIALIZED (
  SELECT e.event, e.host, e.probe, e.place, e.time_ns, s.segment, s.lo, s.hi, s.origin,
    e.lo <= s.lo AND e.hi > s.lo AS holds,
    ((e.ip_id::BIGINT - s.ip_id::BIGINT + 32768) & 65535) - 32768 AS id_step,
    abs(id_step) AS distance
  FROM events e
  JOIN sent s ON e.lo < s.hi AND e.hi > s.lo
  WHERE (e.host <> s.origin OR e.time_ns >= s.sent_ns)
    AND (id_step = 0 OR sign(id_step) = sign(e.lo - s.lo) AND distance <= abs(e.lo - s.lo))
),
nearest AS (
  SELECT *, count(*) OVER (PARTITION BY event, lo) > 1 AS alike,
    row_number() OVER (PARTITION BY event, lo ORDER BY segment DESC) AS newest_first,
    dense_rank() OVER (PARTITION BY host, probe, place, lo ORDER BY segment DESC) AS segment_from_last,
    dense_rank() OVER (PARTITION BY host, probe, place, lo ORDER BY time_ns DESC) AS event_from_last
  FROM pairs p
  WHERE NOT EXISTS (
    FROM pairs q WHERE q.event = p.event AND q.lo < p.hi AND q.hi > p.lo AND q.distance < p.distance)
),
-- Of re-sends that look alike the last to be sent is the last to come.
matched AS (
  SELECT segment, event, holds, alike
  FROM nearest
  WHERE NOT alike OR CASE WHEN host = origin THEN newest_first = 1 ELSE segment_from_last = event_from_last END
)
SELECT
  s.segment, s.origin, s.sent_ns, s.sent_at_ns, s.seq, s.end_seq, s.control,
  1 + (SELECT count(*) FROM sent b WHERE b.segment < s.segment AND b.lo <= s.lo AND b.hi > s.lo) AS passage,
  any_value(e.src_host) AS src_host, any_value(e.dst_host) AS dst_host,
  any_value(e.src_pod) AS src_pod, any_value(e.dst_pod) AS dst_pod,
  CASE WHEN e.host = any_value(e.dst_host) AND e.host IS DISTINCT FROM any_value(e.src_host) THEN 2 ELSE 1 END AS leg,
  e.host, e.place, e.probe, e.ifname, e.netns,
  -- Of packets that hold parts of it, the one with its first byte, if that came.
  coalesce(min(e.time_ns) FILTER (m.holds), min(e.time_ns)) AS time_ns,
  max(e.time_ns) AS last_ns,
  count(*) AS packets,
  arg_min(e.length, e.time_ns) AS length,
  arg_min(e.backlog_bytes, e.time_ns) AS backlog_bytes,
  arg_min(e.cpu, e.time_ns) AS cpu,
  any_value(e.drop_reason_name) AS drop_reason, any_value(e.drop_symbol) AS drop_symbol,
  CASE WHEN bool_or(m.alike) THEN 'order' ELSE 'sequence' END AS matched
FROM matched m
JOIN sent s USING (segment)
JOIN events e USING (event)
GROUP BY s.segment, s.origin, s.sent_ns, s.sent_at_ns, s.seq, s.end_seq, s.control, s.lo,
  e.host, e.place, e.probe, e.ifname, e.netns;
