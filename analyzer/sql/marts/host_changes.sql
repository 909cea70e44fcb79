-- One row per host, object and metric that moved in the window: growth of counters, greatest value of gauges.
CREATE OR REPLACE MACRO host_changes(from_ns, to_ns) AS TABLE
SELECT h.host, h.source, h.object, h.metric, any_value(h.unit) AS unit, any_value(h.temporality) AS temporality,
  CASE WHEN any_value(h.temporality) = 'counter' THEN sum(h.value ORDER BY h.value) ELSE max(h.value) END AS value,
  min(h.value) AS least_value,
  arg_max(h.value, (h.time_ns, h.value)) AS last_value
FROM host_counter h
JOIN host_clock c ON c.host = h.host
WHERE h.received_ns BETWEEN from_ns AND to_ns + 10000000000
  AND h.time_ns + c.offset_ns BETWEEN from_ns AND to_ns
GROUP BY h.host, h.source, h.object, h.metric;
