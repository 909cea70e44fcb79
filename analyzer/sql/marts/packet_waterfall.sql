-- One row per segment of a TCP flow as its sender's first tap saw it in the window (packet_passage), and step of its way
-- there and of its acknowledgement back, in order: `leg` 1 on the sender's host, 2 on the receiver's, 3 back on the
-- sender's; within a leg by the clock of that host. `wait_us` is since the step before on the same host. `network_us` is
-- R_au - T_bu of a byte mark in the segment. `matched` says how a step was found: by sequence numbers, by the positions
-- of the socket's queues, by the order of alike passages, or by time on the host. What serves the flow and had to wait
-- during a step, and who ran meanwhile, is in `waits`.
CREATE OR REPLACE MACRO packet_waterfall(src_ip, src_number, dst_ip, dst_number, from_ns, to_ns) AS TABLE
WITH
passages AS MATERIALIZED (SELECT * FROM packet_passage(src_ip, src_number, dst_ip, dst_number, from_ns, to_ns)),
base AS MATERIALIZED (
  SELECT arg_min(seq, segment) AS seq, any_value(src_host) AS src_host, any_value(dst_host) AS dst_host,
    any_value(src_pod) AS src_pod, any_value(dst_pod) AS dst_pod
  FROM passages
),
-- The taps on its way, by who has its addresses.
expected AS MATERIALIZED (
  SELECT list_filter([
    CASE WHEN any_value(src_pod) IS NOT NULL THEN 'ap' END,
    CASE WHEN any_value(src_host) <> any_value(dst_host) THEN 'au' END,
    CASE WHEN any_value(src_host) <> any_value(dst_host) THEN 'bu' END,
    CASE WHEN any_value(dst_pod) IS NOT NULL THEN 'bp' END], lambda place: place IS NOT NULL) AS places
  FROM passages
),
segments AS MATERIALIZED (
  SELECT p.segment, any_value(p.origin) AS origin, any_value(p.sent_ns) AS sent_ns, any_value(p.sent_at_ns) AS sent_at_ns,
    any_value(p.seq) AS seq, any_value(p.end_seq) AS end_seq, any_value(p.control) AS control, any_value(p.passage) AS passage,
    serial_distance(any_value(p.seq), any_value(b.seq)) AS lo, serial_distance(any_value(p.end_seq), any_value(b.seq)) AS hi,
    bool_or(p.probe = 'drop') AS dropped,
    CASE WHEN dropped THEN [] ELSE
      list_filter(any_value(x.places), lambda place: NOT coalesce(list_contains(list(p.place), place), false)) END AS missing,
    -- Where the host of the receiver saw it last before its socket did.
    max(p.time_ns) FILTER (
      p.host = b.dst_host AND (p.place IN ('bp', 'bu') OR p.probe IN ('netif_rx', 'napi_receive'))) AS arrived_ns,
    lead(p.segment) OVER (PARTITION BY lo ORDER BY p.segment) IS NOT NULL AS sent_again
  FROM passages p, base b, expected x
  GROUP BY p.segment
),
-- What every tap that saw any of the flow had the time to see: hosts are not armed at the same moment. So it had with
-- what was sent again since.
common AS (
  SELECT max(first_lo) AS from_lo, min(last_lo) AS until_lo
  FROM (
    SELECT p.place, min(s.lo) AS first_lo, max(s.lo) AS last_lo
    FROM passages p JOIN segments s USING (segment) WHERE p.place IS NOT NULL GROUP BY p.place)
),
delivered AS (SELECT * FROM segments WHERE NOT dropped AND arrived_ns IS NOT NULL),
-- Everything that came back, with what it acknowledges.
answers AS MATERIALIZED (
  SELECT p.*, serial_distance(p.ack, b.seq) AS acknowledged, (p.end_seq::BIGINT - p.seq::BIGINT) & 4294967295 AS span,
    CASE WHEN p.probe = 'tap' THEN CASE p.hook || ' ' || p.tap_role || ' ' || (p.host = b.dst_host)
      WHEN 'ingress pod true' THEN 'ap' WHEN 'egress uplink true' THEN 'au'
      WHEN 'ingress uplink false' THEN 'bu' WHEN 'egress pod false' THEN 'bp'
      WHEN 'egress pod true' THEN CASE WHEN b.src_host = b.dst_host THEN 'bp' END END END AS place
  FROM stg_packet(from_ns, to_ns) p, base b
  WHERE p.src = dst_ip AND p.src_port = dst_number AND p.dst = src_ip AND p.dst_port = src_number
    AND p.protocol = 6 AND p.armed = 1 AND p.flags & 16 > 0 AND p.host IN (b.src_host, b.dst_host)
    AND (p.probe <> 'tap' OR place IS NOT NULL)
),
closing AS (
  SELECT d.segment, d.hi, d.sent_ns, d.origin, d.arrived_ns, unnest(arg_min(a, a.time_ns))
  FROM delivered d
  JOIN base b ON true
  JOIN answers a ON a.host = b.dst_host AND a.acknowledged >= d.hi AND a.time_ns >= d.arrived_ns AND a.probe <> 'drop'
  GROUP BY d.segment, d.hi, d.sent_ns, d.origin, d.arrived_ns
),
acknowledgements AS (
  SELECT c.segment, a.host, a.place, a.probe, a.ifname, a.netns, min(a.time_ns) AS time_ns, max(a.time_ns) AS last_ns,
    count(*) AS packets, arg_min(a.length, a.time_ns) AS length, arg_min(a.backlog_bytes, a.time_ns) AS backlog_bytes,
    arg_min(a.cpu, a.time_ns) AS cpu,
    any_value(a.drop_reason_name) AS drop_reason, any_value(a.drop_symbol) AS drop_symbol
  FROM closing c
  JOIN answers a
    ON a.acknowledged >= c.hi
   AND (a.ip_id = c.ip_id AND a.seq = c.seq
     OR a.span > 0 AND c.span > 0 AND serial_distance(c.seq, a.seq) >= 0 AND serial_distance(c.seq, a.seq) < a.span)
   AND (a.host <> c.host OR a.time_ns >= c.time_ns) AND (a.host <> c.origin OR a.time_ns >= c.sent_ns)
  GROUP BY c.segment, a.host, a.place, a.probe, a.ifname, a.netns
),
calls AS MATERIALIZED (
  SELECT s.host, s.probe, s.time_ns, s.bytes, s.netns, s.pid, s.comm, s.src = src_ip AND s.src_port = src_number AS sends,
    CASE WHEN sends THEN s.write_queue_bytes ELSE s.read_queue_bytes END AS queued
  FROM stg_socket(from_ns, to_ns) s
  WHERE s.protocol = 6
    AND (s.src, s.src_port, s.dst, s.dst_port) IN (
      (src_ip, src_number, dst_ip, dst_number), (dst_ip, dst_number, src_ip, src_number))
),
-- A write ends where the queue behind the newest acknowledgement ends.
acknowledged AS (
  SELECT host, time_ns, max(acknowledged) OVER (PARTITION BY host ORDER BY time_ns) AS position
  FROM answers WHERE host = (SELECT src_host FROM base)
),
writes AS MATERIALIZED (
  SELECT c.*, a.position + c.queued AS until
  FROM calls c
  ASOF LEFT JOIN acknowledged a ON a.host = c.host AND c.time_ns >= a.time_ns
  WHERE c.sends AND c.probe = 'send' AND c.bytes > 0
),
-- A read ends where the queue before the newest byte that came begins.
came AS (
  SELECT p.host, p.time_ns, max(s.hi) OVER (PARTITION BY p.host ORDER BY p.time_ns) AS position
  FROM passages p JOIN segments s USING (segment)
  WHERE p.time_ns = s.arrived_ns
),
reads AS MATERIALIZED (
  SELECT c.*, a.position - c.queued AS until
  FROM calls c
  ASOF LEFT JOIN came a ON a.host = c.host AND c.time_ns >= a.time_ns
  WHERE NOT c.sends AND c.probe = 'receive' AND c.bytes > 0
),
written AS (
  SELECT s.segment, w.* EXCLUDE (sends, queued, until),
    CASE WHEN w.until - w.bytes <= s.lo AND s.lo < w.until THEN 'queue' ELSE 'time' END AS matched
  FROM segments s, writes w
  WHERE (matched = 'queue' OR w.until IS NULL AND abs(w.time_ns - s.sent_ns) < 10000000)
    AND s.passage = 1 AND s.hi - s.lo > (s.control > 0)::INT
  QUALIFY row_number() OVER (PARTITION BY s.segment ORDER BY matched, abs(w.time_ns - s.sent_ns)) = 1
),
resent AS (
  SELECT s.segment, c.* EXCLUDE (sends, queued), 'time' AS matched
  FROM segments s
  JOIN calls c ON c.sends AND c.probe = 'retransmit' AND abs(c.time_ns - s.sent_ns) < 10000000
  WHERE s.passage > 1
  QUALIFY row_number() OVER (PARTITION BY s.segment ORDER BY abs(c.time_ns - s.sent_ns)) = 1
),
received AS (
  SELECT d.segment, d.arrived_ns, r.* EXCLUDE (sends, queued, until),
    CASE WHEN r.until - r.bytes <= d.lo AND d.lo < r.until THEN 'queue' ELSE 'time' END AS matched
  FROM delivered d, reads r
  WHERE r.time_ns >= d.arrived_ns
    AND (matched = 'queue' OR r.until IS NULL AND r.time_ns - d.arrived_ns < 100000000)
    AND d.hi - d.lo > (d.control > 0)::INT
  QUALIFY row_number() OVER (PARTITION BY d.segment ORDER BY matched, r.time_ns) = 1
),
-- The first that follows, and no later one than its reader's.
woken AS (
  SELECT d.segment, c.* EXCLUDE (sends, queued), 'time' AS matched
  FROM delivered d
  LEFT JOIN received r USING (segment)
  JOIN calls c ON NOT c.sends AND c.probe = 'data_ready' AND c.time_ns >= d.arrived_ns
   AND c.time_ns <= coalesce(r.time_ns, d.arrived_ns + 100000000)
  WHERE d.hi - d.lo > (d.control > 0)::INT
  QUALIFY row_number() OVER (PARTITION BY d.segment ORDER BY c.time_ns) = 1
),
steps AS (
  SELECT segment, false AS is_ack, host, place, probe, ifname, netns, time_ns, last_ns, packets, length AS bytes,
    backlog_bytes, cpu, drop_reason, drop_symbol, matched, 0 AS pid, '' AS comm
  FROM passages
  UNION ALL
  SELECT segment, true, host, place, probe, ifname, netns, time_ns, last_ns, packets, length,
    backlog_bytes, cpu, drop_reason, drop_symbol, 'sequence', 0, ''
  FROM acknowledgements
  UNION ALL
  SELECT segment, false, host, NULL, probe, '', netns, time_ns, time_ns, 1, bytes, 0, NULL, '', '', matched, pid, comm
  FROM (
    SELECT * FROM written
    UNION ALL BY NAME SELECT * FROM resent
    UNION ALL BY NAME SELECT * EXCLUDE (arrived_ns) FROM received
    UNION ALL BY NAME SELECT * FROM woken
  )
),
legs AS (
  SELECT s.*, CASE
    WHEN b.src_host = b.dst_host THEN 1
    WHEN s.host = b.dst_host THEN 2
    WHEN s.time_ns >= min(s.time_ns) FILTER (s.is_ack AND s.host = b.src_host) OVER (PARTITION BY s.segment) THEN 3
    ELSE 1 END AS leg
  FROM steps s, base b
),
ordered AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY segment ORDER BY leg, time_ns, probe = 'data_ready', probe) AS step,
    lag(time_ns) OVER (PARTITION BY segment, host ORDER BY leg, time_ns, probe = 'data_ready', probe) AS before_ns
  FROM legs
),
waits AS MATERIALIZED (
  SELECT DISTINCT host, kind, start_ns, end_ns, cpu, pid, comm
  FROM thread_waits(from_ns, to_ns) WHERE kind IN ('wait', 'throttled', 'softirq')
),
-- Receive processing concerns packets, a thread its own calls.
waited AS (
  SELECT o.segment, o.step, w.*, greatest(w.start_ns, o.before_ns) AS begun_ns, least(w.end_ns, o.time_ns) AS ended_ns
  FROM ordered o
  JOIN waits w ON w.host = o.host AND w.start_ns < o.time_ns AND w.end_ns > o.before_ns
   AND CASE WHEN o.pid = 0 OR o.probe = 'data_ready' THEN w.kind = 'softirq' ELSE w.kind <> 'softirq' AND w.pid = o.pid END
),
ran AS (
  SELECT w.segment, w.step, w.kind, w.start_ns, s.comm || '/' || s.tgid AS task,
    sum(least(s.end_ns, w.ended_ns) - greatest(s.start_ns, w.begun_ns)) / 1000.0 AS us
  FROM waited w
  JOIN sched_event s
    ON s.host = w.host AND s.kind = 'slice' AND s.cpu = w.cpu AND s.pid <> w.pid
   AND s.start_ns < w.ended_ns AND s.end_ns > w.begun_ns
  WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000
  GROUP BY ALL
),
blame AS (
  SELECT w.segment, w.step, list({
    'kind': w.kind, 'us': (w.ended_ns - w.begun_ns) / 1000.0, 'task': CASE WHEN w.pid > 0 THEN w.comm || '/' || w.pid END,
    'ran': (
      SELECT arg_max(r.task, r.us) FROM ran r
      WHERE r.segment = w.segment AND r.step = w.step AND r.kind = w.kind AND r.start_ns = w.start_ns)
  } ORDER BY w.ended_ns - w.begun_ns DESC) AS waits
  FROM waited w
  GROUP BY w.segment, w.step
),
network AS (
  SELECT s.segment, max(m.r_au - m.t_bu) AS network_us
  FROM mark_split(from_ns, to_ns) m, segments s, base b
  WHERE m.src = src_ip AND m.src_port = src_number AND m.dst = dst_ip AND m.dst_port = dst_number
    AND serial_distance(m.mark, b.seq) >= s.lo AND serial_distance(m.mark, b.seq) < s.hi AND s.arrived_ns IS NOT NULL
  GROUP BY s.segment
)
SELECT
  o.segment, s.seq, s.end_seq, s.passage, s.sent_at_ns, s.dropped, s.missing,
  -- What was sent again and never came; a packet that a budget left out is not lost.
  s.dropped OR s.sent_again AND s.arrived_ns IS NULL AND s.missing <> [] AS lost,
  s.lo >= c.from_lo AND (s.lo <= c.until_lo OR s.sent_again) AS judged,
  o.step, o.leg, o.is_ack, o.host, o.place, o.probe, o.ifname, o.netns,
  CASE
    WHEN o.probe IN ('send', 'retransmit') OR o.place = CASE WHEN o.is_ack THEN 'bp' ELSE 'ap' END THEN b.src_pod
    WHEN o.probe IN ('receive', 'data_ready') OR o.place = CASE WHEN o.is_ack THEN 'ap' ELSE 'bp' END THEN b.dst_pod
  END AS pod,
  o.time_ns, (o.time_ns - first(o.time_ns) OVER clock) / 1000.0 AS since_first_us,
  (o.time_ns - o.before_ns) / 1000.0 AS wait_us,
  CASE WHEN o.leg = 2 AND row_number() OVER (PARTITION BY o.segment, o.leg ORDER BY o.step) = 1 THEN n.network_us END AS network_us,
  o.packets, (o.last_ns - o.time_ns) / 1000.0 AS spread_us, o.bytes, o.backlog_bytes, o.cpu,
  o.drop_reason, o.drop_symbol, o.matched, nullif(o.pid, 0) AS pid, nullif(o.comm, '') AS comm,
  coalesce(w.waits, []) AS waits
FROM ordered o
JOIN segments s USING (segment)
CROSS JOIN base b
CROSS JOIN common c
LEFT JOIN blame w USING (segment, step)
LEFT JOIN network n USING (segment)
WINDOW clock AS (PARTITION BY o.segment, o.host ORDER BY o.step)
ORDER BY o.segment, o.step;
