-- One row per event of an armed TCP socket in the window, with the time that its state lasted: until the next.
CREATE OR REPLACE MACRO stg_socket_event(from_ns, to_ns) AS TABLE
SELECT *, lead(at_ns) OVER (PARTITION BY src, src_port, dst, dst_port, netns ORDER BY at_ns) - at_ns AS lasts_ns
FROM stg_socket(from_ns, to_ns)
WHERE protocol = 6 AND at_ns BETWEEN from_ns AND to_ns;
