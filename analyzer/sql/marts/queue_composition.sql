-- One row per host, device and flow: its bytes that left the device while a packet of an armed flow, sent as
-- data that the sender was waiting for, stood in the device's queue. `victim` marks the armed flows themselves.
CREATE OR REPLACE MACRO queue_composition(from_ns, to_ns, least_residence_us) AS TABLE
FROM queue_ahead(from_ns, to_ns, (
  SELECT list(stay ORDER BY stay.start_ns DESC, stay)[:100]
  FROM (
    WITH edges AS MATERIALIZED (SELECT * FROM mark_edges(from_ns, to_ns))
    SELECT {host: src_host, src: src, src_port: src_port, dst: dst, dst_port: dst_port,
      start_ns: au_ns, end_ns: au_ns + (sender_tx * 1000)::BIGINT} AS stay
    FROM edges WHERE sender_tx > least_residence_us
    UNION ALL
    SELECT {host: dst_host, src: dst, src_port: dst_port, dst: src, dst_port: src_port,
      start_ns: (bu_ns + t_bu * 1000)::BIGINT, end_ns: (bu_ns + t_bu * 1000 + receiver_tx * 1000)::BIGINT}
    FROM edges WHERE receiver_tx > least_residence_us
  )
));
