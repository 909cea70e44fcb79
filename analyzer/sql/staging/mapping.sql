-- One row per inner flow, outer header and stretch of time in which some host used the one for the other, on the
-- analyzer's clock. Hosts tell of a mapping as often as they sweep while it is in use: a silence of five seconds ends
-- a stretch, and another flow may have had the header meanwhile.
CREATE OR REPLACE MACRO stg_mapping(from_ns, to_ns) AS TABLE
WITH
told AS (
  SELECT DISTINCT
    m.src, m.src_port, m.dst, m.dst_port, m.protocol, m.encapsulation, m.vni,
    m.outer_src, m.outer_src_port, m.outer_dst, m.outer_dst_port,
    m.first_seen_ns + c.offset_ns AS created_ns, m.last_seen_ns + c.offset_ns AS used_ns
  FROM mapping m
  JOIN host_clock c ON c.host = m.host
  WHERE m.received_ns BETWEEN from_ns - 60000000000 AND to_ns + 60000000000
),
gaps AS (
  SELECT *, coalesce(used_ns - lag(used_ns) OVER life > 5000000000, true) AS begins
  FROM told
  WINDOW life AS (
    PARTITION BY src, src_port, dst, dst_port, protocol, encapsulation, vni,
      outer_src, outer_src_port, outer_dst, outer_dst_port
    ORDER BY used_ns)
),
stretches AS (
  SELECT *, count(*) FILTER (begins) OVER life AS stretch
  FROM gaps
  WINDOW life AS (
    PARTITION BY src, src_port, dst, dst_port, protocol, encapsulation, vni,
      outer_src, outer_src_port, outer_dst, outer_dst_port
    ORDER BY used_ns)
)
SELECT
  src, src_port, dst, dst_port, protocol, encapsulation, vni,
  outer_src, outer_src_port, outer_dst, outer_dst_port,
  CASE encapsulation WHEN 'ipip' THEN [4, 41] WHEN 'gre' THEN [47] ELSE [17] END AS outer_protocols,
  -- The first word may come a sweep after the first packet.
  greatest(min(created_ns), min(used_ns) - 2000000000) AS first_ns,
  min(created_ns) AS created_ns,
  max(used_ns) AS last_ns
FROM stretches
GROUP BY src, src_port, dst, dst_port, protocol, encapsulation, vni,
  outer_src, outer_src_port, outer_dst, outer_dst_port, stretch;
