-- One row per direction of data towards an armed socket: how much of what its receive buffer offers stood unread, over
-- time, and who read it.
CREATE OR REPLACE MACRO reader_time(from_ns, to_ns) AS TABLE
SELECT dst AS src, dst_port AS src_port, src AS dst, src_port AS dst_port, protocol,
  arg_max(host, at_ns) AS host,
  arg_max(comm, at_ns) FILTER (probe = 'receive') AS comm,
  arg_max(tgid, at_ns) FILTER (probe = 'receive') AS tgid,
  sum(read_queue_bytes::DOUBLE / greatest(1, read_queue_bytes::BIGINT + rcv_wnd) * lasts_ns) / sum(lasts_ns) AS unread_share,
  sum(read_queue_bytes::DOUBLE * lasts_ns) / sum(lasts_ns) AS unread_bytes,
  max(rcv_wnd) AS window_bytes,
  arg_max(rcvbuf, at_ns) AS rcvbuf,
  count(*) FILTER (probe = 'receive') AS reads,
  sum(lasts_ns) / 1000.0 AS span_us
FROM stg_socket_event(from_ns, to_ns)
WHERE lasts_ns > 0
GROUP BY ALL;
