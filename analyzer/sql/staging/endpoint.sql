-- One row per address: the host and pod that own it by the newest word of any agent.
CREATE OR REPLACE VIEW stg_endpoint AS
SELECT
  address,
  arg_max(host, received_ns) AS host,
  arg_max(role, received_ns) AS role,
  nullif(arg_max(pod, received_ns), '') AS pod,
  arg_max(ifindex, received_ns) AS ifindex,
  arg_max(netns, received_ns) AS netns,
  arg_max(present, received_ns) = 1 AS present,
  max(received_ns) AS changed_at_ns
FROM endpoint
GROUP BY address;
