-- One row per link of the network and pair of pods whose underlay flows shared it in the window, heaviest first, with
-- their share of what the link carried by its own records. Hosts stand where no pod is known, addresses where no host is.
CREATE OR REPLACE MACRO link_pods(from_ns, to_ns) AS TABLE
SELECT
  exporter, output_interface,
  coalesce(src_pod, src_host, src) AS source, coalesce(dst_pod, dst_host, dst) AS destination,
  sum(bytes) AS bytes,
  sum(bytes) / sum(sum(bytes)) OVER (PARTITION BY exporter, output_interface) AS share
FROM link_flows(from_ns, to_ns)
GROUP BY exporter, output_interface, source, destination
ORDER BY bytes DESC;
