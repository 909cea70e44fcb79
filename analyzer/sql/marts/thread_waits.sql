-- One row per host and stretch in which a thread that serves an armed flow, or receive processing, was kept waiting.
-- Of receive processing (kind softirq) the thread is that of a device's own NAPI; none (0) where a softirq was due.
CREATE OR REPLACE MACRO thread_waits(from_ns, to_ns) AS TABLE
SELECT s.host, s.kind, s.start_ns, s.end_ns, s.cpu, s.pid, s.tgid, s.comm, s.cgroup, s.netns
FROM sched_event s
JOIN host_clock c ON c.host = s.host
WHERE s.received_ns BETWEEN from_ns AND to_ns + 10000000000
  AND s.end_ns + c.offset_ns BETWEEN from_ns AND to_ns
  AND (s.watched = 1 AND s.kind IN ('wait', 'throttled', 'sleep') OR s.kind = 'softirq');
