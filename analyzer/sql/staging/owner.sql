-- One row per address and time in which it was a pod's or a host's, on the analyzer's clock. An address belongs to
-- whoever was given it last, and stays theirs after they lost it; the first known owner had it before, too.
CREATE OR REPLACE VIEW stg_owner AS
WITH
changes AS (
  -- Rows may be repeated. The received time is too late, but survives that a host starts anew with its clock at 0.
  SELECT e.address, e.host, e.role, nullif(e.pod, '') AS pod, e.ifname, e.ifindex, e.netns, e.present,
    min(least(e.received_ns, e.time_ns + coalesce(c.offset_ns, 0))) AS at_ns
  FROM endpoint e
  LEFT JOIN host_clock c ON c.host = e.host
  GROUP BY e.address, e.host, e.role, e.pod, e.ifname, e.ifindex, e.netns, e.present, e.time_ns
),
lost AS (
  SELECT *, lead(present) OVER life AS next_present, lead(at_ns) OVER life AS next_at_ns
  FROM changes
  WINDOW life AS (PARTITION BY address, host, role, pod, ifname, ifindex, netns ORDER BY at_ns, present)
)
SELECT
  address, host, role, pod, ifname, ifindex, netns,
  CASE WHEN row_number() OVER turn = 1 THEN 0 ELSE at_ns END AS from_ns,
  coalesce(lead(at_ns) OVER turn, 9223372036854775807) AS until_ns,
  CASE WHEN next_present = 0 THEN next_at_ns ELSE 9223372036854775807 END AS lost_ns
FROM lost
WHERE present = 1
WINDOW turn AS (PARTITION BY address ORDER BY at_ns, host, ifname, ifindex, pod, netns, role);
