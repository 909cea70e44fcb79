-- One row per host, kind of wait and task that had the CPU meanwhile: how long, in microseconds.
CREATE OR REPLACE MACRO wait_culprits(from_ns, to_ns) AS TABLE
WITH
waits AS (SELECT * FROM thread_waits(from_ns, to_ns) WHERE kind IN ('wait', 'softirq')),
slices AS (
  SELECT s.* FROM sched_event s
  WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000 AND s.kind = 'slice'
)
SELECT
  w.host, w.kind, s.tgid, s.comm, s.priority, max(s.cgroup) AS cgroup,
  sum(least(s.end_ns, w.end_ns) - greatest(s.start_ns, w.start_ns)) / 1000.0 AS had_cpu_us,
  count(DISTINCT w.start_ns) AS waits
FROM waits w
JOIN slices s
  ON s.host = w.host AND s.cpu = w.cpu AND s.start_ns < w.end_ns AND s.end_ns > w.start_ns AND s.pid <> w.pid
GROUP BY w.host, w.kind, s.tgid, s.comm, s.priority
ORDER BY had_cpu_us DESC;
