-- One row per direction of data and sending socket: what held the sender over the last looks of the window, those of
-- 1.8 s (a look comes up to half a second late), and in its life before `past_ns` or, if it was not looked at by then,
-- before the first look after it.
CREATE OR REPLACE MACRO sender_time(from_ns, to_ns, past_ns) AS TABLE
WITH
looks AS (
  SELECT *,
    writer_waits = 1 AND unsent_bytes = 0 AND write_queue_bytes > 0 AND packets_out < snd_cwnd AS starved
  FROM stg_socket_time(least(from_ns, past_ns - 30000000000), to_ns)
),
recent AS (
  SELECT src, src_port, dst, dst_port, protocol, netns,
    arg_max(host, at_ns) AS host, arg_max(comm, at_ns) AS comm, arg_max(tgid, at_ns) AS tgid,
    max(at_ns) / 1000.0 - min(at_ns) / 1000.0 AS span_us,
    max(busy_us) - min(busy_us) AS busy_us,
    max(rwnd_limited_us) - min(rwnd_limited_us) AS rwnd_limited_us,
    max(sndbuf_limited_us) - min(sndbuf_limited_us) AS sndbuf_limited_us,
    max(bytes_acked) - min(bytes_acked) AS bytes_acked,
    median(srtt_us) AS srtt_us,
    arg_max(sndbuf, at_ns) AS sndbuf,
    max(unsent_bytes) AS unsent_bytes,
    max(write_queue_bytes) AS write_queue_bytes,
    count(DISTINCT at_ns) AS looks,
    avg(starved::INTEGER) AS starved_share
  FROM looks WHERE at_ns >= greatest(from_ns, to_ns - 1800000000)
  GROUP BY src, src_port, dst, dst_port, protocol, netns
),
past AS (
  SELECT src, src_port, dst, dst_port, protocol, netns,
    busy_us, rwnd_limited_us, sndbuf_limited_us, bytes_acked, srtt_us, sndbuf,
    avg(starved::INTEGER) FILTER (at_ns <= past_ns) OVER (
      PARTITION BY src, src_port, dst, dst_port, protocol, netns) AS starved_share
  FROM looks
  QUALIFY row_number() OVER (
    PARTITION BY src, src_port, dst, dst_port, protocol, netns
    ORDER BY at_ns > past_ns, abs(at_ns - past_ns)) = 1
)
SELECT r.*,
  p.busy_us AS past_busy_us, p.rwnd_limited_us AS past_rwnd_limited_us,
  p.sndbuf_limited_us AS past_sndbuf_limited_us, p.bytes_acked AS past_bytes_acked, p.srtt_us AS past_srtt_us,
  p.sndbuf AS past_sndbuf, coalesce(p.starved_share, 0) AS past_starved_share,
  w.starved_share AS traced_starved_share
FROM recent r JOIN past p USING (src, src_port, dst, dst_port, protocol, netns)
LEFT JOIN writer_time(greatest(from_ns, to_ns - 1800000000), to_ns) w USING (src, src_port, dst, dst_port, protocol);
