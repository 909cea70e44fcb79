-- One row per traced packet of an armed flow and probe, on the device that joins its host to the network.
CREATE OR REPLACE MACRO stg_edge_packet(from_ns, to_ns) AS TABLE
SELECT
  p.host, p.probe, p.time_ns, p.ifname, p.src, p.src_port, p.dst, p.dst_port, p.protocol,
  p.seq, p.end_seq, p.ack, p.flags, p.length
FROM packet_event p
JOIN host_clock c ON c.host = p.host
WHERE p.received_ns BETWEEN from_ns AND to_ns + 10000000000
  AND p.tap_role = 'uplink'
  AND p.armed = 1
  AND p.probe IN ('dev_xmit', 'netif_rx', 'napi_receive');
