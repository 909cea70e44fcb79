-- One row per link of the network (a device and the interface that packets leave by) and flow between pods that shared
-- it in the window, by the network's own records, heaviest first. Underlay headers are tied to the flows inside them as
-- of each record's time; where several flows shared a header, its bytes are divided as the hosts' uplinks saw them.
-- What no host knows a mapping for stands under the record's own addresses.
CREATE OR REPLACE MACRO link_flows(from_ns, to_ns) AS TABLE
WITH
records AS (SELECT *, row_number() OVER () AS id FROM stg_network_flow(from_ns, to_ns)),
inner_bytes AS (
  SELECT src, src_port, dst, dst_port, protocol, max(bytes) AS bytes
  FROM (
    SELECT f.host, f.src, f.src_port, f.dst, f.dst_port, f.protocol, sum(f.wire_bytes) AS bytes
    FROM flow_interval f
    WHERE f.tap_role = 'uplink' AND f.received_ns BETWEEN from_ns AND to_ns + 10000000000
    GROUP BY ALL
  )
  GROUP BY ALL
),
tied AS (
  SELECT
    r.id, r.exporter, r.domain, r.direction, r.input_interface, r.output_interface,
    r.src AS outer_src, r.dst AS outer_dst, r.bytes, (r.start_ns + r.end_ns) // 2 AS at_ns,
    coalesce(m.src, r.src) AS src, coalesce(m.src_port, r.src_port) AS src_port,
    coalesce(m.dst, r.dst) AS dst, coalesce(m.dst_port, r.dst_port) AS dst_port,
    coalesce(m.protocol, r.protocol) AS protocol, m.src IS NOT NULL AS mapped
  FROM records r
  -- Clocks of hosts and devices are known to a second or so.
  LEFT JOIN stg_mapping(from_ns, to_ns) m
    ON m.outer_src = r.src AND m.outer_src_port = r.src_port
   AND m.outer_dst = r.dst AND m.outer_dst_port = r.dst_port
   AND list_contains(m.outer_protocols, r.protocol)
   AND m.first_ns <= r.end_ns + 1000000000 AND m.last_ns >= r.start_ns - 1000000000
),
divided AS (
  SELECT t.* EXCLUDE (bytes), t.bytes * CASE
    WHEN sum(coalesce(i.bytes, 0)) OVER record > 0
      THEN coalesce(i.bytes, 0) / sum(coalesce(i.bytes, 0)) OVER record
    ELSE 1 / count(*) OVER record END AS bytes
  FROM tied t
  LEFT JOIN inner_bytes i USING (src, src_port, dst, dst_port, protocol)
  WINDOW record AS (PARTITION BY t.id)
),
named AS (
  SELECT
    d.exporter, d.domain, d.direction, d.input_interface, d.output_interface, d.outer_src, d.outer_dst,
    coalesce(t.true_src, d.src) AS src, coalesce(t.true_src_port, d.src_port) AS src_port,
    coalesce(t.true_dst, d.dst) AS dst, coalesce(t.true_dst_port, d.dst_port) AS dst_port,
    d.protocol, d.mapped, d.bytes, d.at_ns
  FROM divided d
  LEFT JOIN stg_translation(from_ns, to_ns) t
    ON t.src = d.src AND t.src_port = d.src_port AND t.dst = d.dst AND t.dst_port = d.dst_port
   AND t.protocol = d.protocol AND d.at_ns >= t.from_ns AND d.at_ns < t.until_ns
),
counted AS (
  SELECT
    n.exporter, n.domain, n.direction, n.output_interface,
    bool_and(n.input_interface IN (0, n.output_interface)) AS one_interface,
    n.outer_src, n.outer_dst, n.src, n.src_port, n.dst, n.dst_port, n.protocol, n.mapped,
    es.host AS src_host, ed.host AS dst_host, es.pod AS src_pod, ed.pod AS dst_pod,
    sum(n.bytes ORDER BY n.bytes) AS bytes
  FROM named n
  LEFT JOIN stg_owner es ON es.address = n.src AND n.at_ns >= es.from_ns AND n.at_ns < es.until_ns
  LEFT JOIN stg_owner ed ON ed.address = n.dst AND n.at_ns >= ed.from_ns AND n.at_ns < ed.until_ns
  GROUP BY ALL
)
-- A device may count the same packets where they come in and again where they go out.
SELECT * EXCLUDE (domain, direction, one_interface, bytes), bool_and(one_interface) AS one_interface, max(bytes) AS bytes
FROM counted
GROUP BY ALL
ORDER BY bytes DESC;
