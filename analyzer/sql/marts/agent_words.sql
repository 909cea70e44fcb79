-- One row per host whose agent told anything that was received in the time: when it was last heard of.
CREATE OR REPLACE MACRO agent_words(from_ns, to_ns) AS TABLE
SELECT host, max(received_ns) AS heard_ns
FROM (
  SELECT host, received_ns FROM flow_interval
  UNION ALL SELECT host, received_ns FROM host_counter
  UNION ALL SELECT host, received_ns FROM mark_sample
  UNION ALL SELECT host, received_ns FROM sched_event
  UNION ALL SELECT host, received_ns FROM arming
)
WHERE received_ns BETWEEN from_ns AND to_ns + 10000000000
GROUP BY host;
