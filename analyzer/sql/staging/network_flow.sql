-- One row per record of a switch or router that reaches into the window, with what of its bytes falls into it:
-- scaled by the sampling rate, and spread evenly over the record's time.
CREATE OR REPLACE MACRO stg_network_flow(from_ns, to_ns) AS TABLE
SELECT
  n.exporter, n.domain, n.direction, n.input_interface, n.output_interface,
  n.src, n.src_port, n.dst, n.dst_port, n.protocol,
  greatest(n.start_ns, from_ns) AS start_ns, least(n.end_ns, to_ns) AS end_ns,
  n.bytes::DOUBLE * n.sampling
    * CASE WHEN n.end_ns > n.start_ns
        THEN (least(n.end_ns, to_ns) - greatest(n.start_ns, from_ns)) / (n.end_ns - n.start_ns)::DOUBLE
        ELSE 1 END AS bytes
FROM network_flow n
WHERE n.received_ns >= from_ns AND n.start_ns <= to_ns AND n.end_ns >= from_ns;
