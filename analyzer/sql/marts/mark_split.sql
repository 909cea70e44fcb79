-- One row per direction of a flow and byte mark closed by the same ACK, over all taps that saw it; and per question
-- whose answer was not its ACK (class answer). Turnarounds in microseconds; null where the tap gave no sample.
-- What a tap saw twice are datagrams that look alike: they tell nothing.
CREATE OR REPLACE MACRO mark_split(from_ns, to_ns) AS TABLE
SELECT
  src, src_port, dst, dst_port, protocol, mark, closing_ack,
  min(at_ns) // 1000 AS at_us,
  max(turnaround_ns) FILTER (place = 'ap') / 1000.0 AS r_ap,
  max(turnaround_ns) FILTER (place = 'au') / 1000.0 AS r_au,
  max(turnaround_ns) FILTER (place = 'bu') / 1000.0 AS t_bu,
  max(turnaround_ns) FILTER (place = 'bp') / 1000.0 AS t_bp,
  max(start_ns) FILTER (place = 'ap') AS ap_ns,
  max(start_ns) FILTER (place = 'au') AS au_ns,
  max(start_ns) FILTER (place = 'bu') AS bu_ns,
  max(start_ns) FILTER (place = 'bp') AS bp_ns,
  max(host) FILTER (place IN ('ap', 'au')) AS src_host,
  max(host) FILTER (place IN ('bp', 'bu')) AS dst_host,
  coalesce(
    max(class) FILTER (place = 'bp'), max(class) FILTER (place = 'bu'),
    max(class) FILTER (place = 'au'), max(class) FILTER (place = 'ap')) AS class,
  piggyback
FROM stg_mark(from_ns, to_ns)
WHERE place IS NOT NULL
GROUP BY src, src_port, dst, dst_port, protocol, mark, closing_ack, piggyback
HAVING protocol <> 17 OR count(*) = count(DISTINCT place);
