-- One row per mark of mark_split: the four residences that the taps cannot see, in microseconds, each on the
-- clock of one host. Null where no traced packet of the mark was found.
-- sender_tx: egress tap to driver transmit; receiver_rx: driver receive to ingress tap;
-- receiver_tx and sender_rx: the same for the closing ACK on its way back.
-- A NAPI poll sees a packet when it takes it, not when it came: the time for which receive processing waited before,
-- while the packet or its ACK was under way, is its residence at most.
CREATE OR REPLACE MACRO mark_edges(from_ns, to_ns) AS TABLE
WITH
marks AS MATERIALIZED (SELECT * FROM mark_split(from_ns, to_ns)),
packets AS MATERIALIZED (
  -- On the device that joins its host to the network.
  -- An answer is known by its own name where nothing is acknowledged.
  SELECT host, probe, time_ns, src, src_port, dst, dst_port, seq, CASE WHEN protocol = 17 THEN seq ELSE ack END AS ack,
    (end_seq::BIGINT - seq::BIGINT) & 4294967295 AS span
  FROM stg_packet(from_ns, to_ns)
  WHERE tap_role = 'uplink' AND armed = 1 AND probe IN ('dev_xmit', 'netif_rx', 'napi_receive')
),
waits AS MATERIALIZED (
  SELECT DISTINCT host, start_ns, end_ns FROM thread_waits(from_ns, to_ns) WHERE kind = 'softirq'
),
-- A packet holds its first byte, which may be the first of a turn, and multiples of 2^14.
held AS (
  SELECT * EXCLUDE (seq), seq AS mark FROM packets WHERE span > 0
  UNION ALL
  SELECT * EXCLUDE (seq),
    unnest(generate_series(seq::BIGINT // 16384 + 1, (seq::BIGINT + span - 1) // 16384)) * 16384 & 4294967295 AS mark
  FROM packets
  WHERE span > 0 AND (seq::BIGINT + span - 1) // 16384 > seq::BIGINT // 16384
),
forward AS MATERIALIZED (
  SELECT m.src, m.src_port, m.dst, m.dst_port, m.mark, m.closing_ack, m.piggyback,
    min(p.time_ns - m.au_ns) FILTER (
      p.host = m.src_host AND p.probe = 'dev_xmit' AND p.time_ns >= m.au_ns) / 1000.0 AS sender_tx,
    min(m.bu_ns - p.time_ns) FILTER (
      p.host = m.dst_host AND p.probe IN ('netif_rx', 'napi_receive') AND p.time_ns <= m.bu_ns) / 1000.0 AS receiver_rx,
    bool_or(p.host = m.dst_host AND p.probe = 'netif_rx') AS arrival_seen
  FROM marks m
  JOIN held p USING (src, src_port, dst, dst_port, mark)
  GROUP BY ALL
),
backward AS MATERIALIZED (
  SELECT m.src, m.src_port, m.dst, m.dst_port, m.mark, m.closing_ack, m.piggyback,
    min(p.time_ns - (m.bu_ns + m.t_bu * 1000)::BIGINT) FILTER (
      p.host = m.dst_host AND p.probe = 'dev_xmit'
      AND p.time_ns >= (m.bu_ns + m.t_bu * 1000)::BIGINT) / 1000.0 AS receiver_tx,
    min((m.au_ns + m.r_au * 1000)::BIGINT - p.time_ns) FILTER (
      p.host = m.src_host AND p.probe IN ('netif_rx', 'napi_receive')
      AND p.time_ns <= (m.au_ns + m.r_au * 1000)::BIGINT) / 1000.0 AS sender_rx,
    bool_or(p.host = m.src_host AND p.probe = 'netif_rx') AS arrival_seen
  FROM marks m
  JOIN packets p
    ON p.src = m.dst AND p.dst = m.src AND p.src_port = m.dst_port AND p.dst_port = m.src_port
   AND p.ack = m.closing_ack
  GROUP BY ALL
),
-- Where the arrival itself was not seen.
receiver_waited AS (
  SELECT m.src, m.src_port, m.dst, m.dst_port, m.mark, m.closing_ack, m.piggyback,
    sum(wait_overlap(m.bu_ns, m.r_au - m.t_bu, w.start_ns, w.end_ns)) / 1000.0 AS us
  FROM marks m
  JOIN forward f USING (src, src_port, dst, dst_port, mark, closing_ack, piggyback)
  JOIN waits w ON w.host = m.dst_host
   AND w.start_ns < m.bu_ns AND w.end_ns > m.bu_ns - ((m.r_au - m.t_bu) * 1000)::BIGINT
  WHERE NOT f.arrival_seen
  GROUP BY ALL
),
sender_waited AS (
  SELECT m.src, m.src_port, m.dst, m.dst_port, m.mark, m.closing_ack, m.piggyback,
    sum(wait_overlap((m.au_ns + m.r_au * 1000)::BIGINT, m.r_au - m.t_bu, w.start_ns, w.end_ns)) / 1000.0 AS us
  FROM marks m
  JOIN backward b USING (src, src_port, dst, dst_port, mark, closing_ack, piggyback)
  JOIN waits w ON w.host = m.src_host
   AND w.start_ns < (m.au_ns + m.r_au * 1000)::BIGINT AND w.end_ns > (m.au_ns + m.t_bu * 1000)::BIGINT
  WHERE NOT b.arrival_seen
  GROUP BY ALL
)
SELECT m.*, f.sender_tx, b.receiver_tx,
  f.receiver_rx + coalesce(rw.us, 0) AS receiver_rx,
  b.sender_rx + coalesce(sw.us, 0) AS sender_rx
FROM marks m
LEFT JOIN forward f USING (src, src_port, dst, dst_port, mark, closing_ack, piggyback)
LEFT JOIN backward b USING (src, src_port, dst, dst_port, mark, closing_ack, piggyback)
LEFT JOIN receiver_waited rw USING (src, src_port, dst, dst_port, mark, closing_ack, piggyback)
LEFT JOIN sender_waited sw USING (src, src_port, dst, dst_port, mark, closing_ack, piggyback);
