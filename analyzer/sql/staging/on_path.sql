-- The place of a tap on the path of the data that it saw; null if it is none of these.
-- ap and au are the pod tap and the uplink of the host the data come from, bu and bp those of the host they go to.
-- A flow between two pods of one host has no uplinks.
CREATE OR REPLACE MACRO on_path(role, host, ifindex, src_host, src_ifindex, dst_host, dst_ifindex) AS
CASE
  WHEN role = 'uplink' AND host = src_host AND src_host IS DISTINCT FROM dst_host THEN 'au'
  WHEN role = 'uplink' AND host = dst_host AND src_host IS DISTINCT FROM dst_host THEN 'bu'
  WHEN role = 'pod' AND host = src_host AND ifindex = src_ifindex THEN 'ap'
  WHEN role = 'pod' AND host = dst_host AND ifindex = dst_ifindex THEN 'bp'
END;
