/**
 * Every record stream of netverdict, described once. `npm run generate` turns this file into the C
 * header, the decoders, the Arrow schemas and the DuckDB tables; CI fails when they are stale.
 *
 * Times named `*_ns` are the host's CLOCK_MONOTONIC (what bpf_ktime_get_ns reads) unless the meaning
 * says otherwise. They are never compared between hosts.
 */
import {
  address,
  comm,
  count,
  counter,
  f64,
  histogram,
  i32,
  oneOf,
  type Stream,
  text,
  u16,
  u32,
  u64,
  u8,
} from './fields.js';

/** Buckets of every latency histogram: bucket b counts values in [2^b, 2^(b+1)) microseconds; 0 also < 1 us. */
export const LATENCY_BUCKETS = 24;

export const TAP_ROLES = ['none', 'pod', 'uplink'] as const;
/** As the interface sees it: ingress = received by the host side of the interface. */
const HOOKS = ['none', 'ingress', 'egress'] as const;
/** How the ACK that closed a sample relates to the packet that carried the mark. */
const SAMPLE_CLASSES = ['exact', 'cumulative', 'partial', 'sack', 'answer'] as const;
const ALERT_KINDS = [
  'none',
  'rtt_shift',
  'response_shift',
  'retransmission',
  'rto',
  'syn_retry',
  'reset',
  'zero_window',
  'no_progress',
  'refused',
  'no_response',
  'dns_unanswered',
  'dns_slow',
  'rtt_drift',
  'response_drift',
  'loss_drift',
  'send_buffer',
  'receive_window',
] as const;
export const PACKET_PROBES = [
  'none',
  'tap',
  'qdisc_enqueue',
  'dev_xmit',
  'netif_rx',
  'napi_receive',
  'drop',
] as const;
export const SOCKET_PROBES = [
  'none',
  'send',
  'receive',
  'data_ready',
  'tcp_probe',
  'retransmit',
  'reset_sent',
  'reset_received',
  'state',
  'congestion_state',
] as const;
export const SCHED_KINDS = ['none', 'wait', 'slice', 'throttled', 'softirq', 'sleep'] as const;
/** What the flight recorder keeps of a flow, and what `value` then is. */
export const FLIGHT_KINDS = [
  'none',
  'rtt',
  'response',
  'handshake',
  'stall',
  'silence',
  'retransmission',
  'fast_retransmission',
  'rto',
  'overtaken',
  'hole',
  'window_open',
  'window_small',
  'window_shut',
  'syn_retry',
  'fin',
  'reset',
  'icmp_error',
] as const;
const NAT_KINDS = ['none', 'dnat', 'snat', 'both'] as const;
/** A query that waits is in the map only; unreachable: an ICMP error said that it was not delivered. */
export const DNS_STATES = ['waiting', 'answered', 'unanswered', 'unreachable'] as const;
const ENCAPSULATIONS = ['none', 'vxlan', 'geneve', 'ipip', 'gre'] as const;

const tapRole = oneOf('nv_tap_role', TAP_ROLES);
const hook = oneOf('nv_hook', HOOKS);
const sampleClass = oneOf('nv_sample_class', SAMPLE_CLASSES);
const alertKind = oneOf('nv_alert_kind', ALERT_KINDS);

/** Sender and receiver of the data that a record speaks of: src is where the data come from. */
const flowFields = {
  src: address('address the data come from'),
  dst: address('address the data go to'),
  src_port: u16('port the data come from'),
  dst_port: u16('port the data go to'),
  protocol: u8('IP protocol number'),
} as const;

const tapFields = {
  tap_role: tapRole('role of the interface'),
  ifindex: u32('interface index in the host namespace; 0 for the uplinks taken together'),
} as const;

export const flowInterval = {
  name: 'flow_interval',
  version: 3,
  grain: 'one row per host, tap, flow, direction of data and sweep interval in which it changed',
  struct: 'nv_flow_counters',
  agent: {
    host: text('host id'),
    interval_start_ns: u64('previous sweep', 'ns'),
    interval_end_ns: u64('this sweep', 'ns'),
    ifname: text('interface name; empty for the uplinks taken together'),
    pod: text('pod behind the tap; empty at an uplink'),
    ...tapFields,
    ...flowFields,
  },
  // In the order of their heat: packets of the direction write the first cache line, samples and answers the second.
  kernel: {
    wire_bytes: counter('IP bytes of the inner packets, headers included', 'bytes'),
    payload_bytes: counter('TCP or UDP payload, re-sent bytes included', 'bytes'),
    first_seen_ns: u64('first packet of this direction', 'ns'),
    last_seen_ns: u64('last packet of this direction', 'ns'),
    request_since_ns: u64('start of the request that awaits its answer, 0 if none', 'ns'),
    packets: count('packets of this direction'),
    data_segments: count('segments with payload, a super-packet counted as its gso_segs'),
    ecn_ce: count('packets with the CE mark'),
    retransmitted_segments: count('data segments at or below the highest end already seen'),
    holes: count('segments that start beyond the highest end seen'),
    probes: count('keep-alives and probes of a shut window'),
    rtt_sum_ns: counter('sum of exact samples', 'ns'),
    rtt_min_ns: u64('least exact sample of the flow so far, 0 if none', 'ns'),
    response_sum_ns: counter('request to response times closed (src sent the request)', 'ns'),
    responses: count('how many they are'),
    rtt_exact: count('exact samples'),
    samples: count('RTT samples closed, every class'),
    samples_void: count('RTT samples given up: re-send, hole or SACK'),
    rtt_mean_us: u32('slow mean kept for the trigger', 'us'),
    response_mean_us: u32('the same of responses, 0 before 16 of them', 'us'),
    duplicate_acks: count(
      'ACKs of this data that repeat the last, without payload or window change',
    ),
    sack_acks: count('ACKs of this data that carry a SACK block'),
    sack_blocks: count('SACK blocks of those'),
    dsacks: count('ACKs that report data received twice (RFC 2883)'),
    rtt_exact_hist: histogram(LATENCY_BUCKETS)('exact samples, log2 of microseconds'),
    rtt_other_hist: histogram(LATENCY_BUCKETS)('all other samples, log2 of microseconds'),
    response_hist: histogram(LATENCY_BUCKETS)('request to response times, log2 of microseconds'),
    handshake_ns: u64('from the SYN (or SYN-ACK) of src to its ACK, 0 before it: half-open', 'ns'),
    retransmitted_bytes: counter('payload of re-sends', 'bytes'),
    hole_bytes: counter('bytes that were skipped: the next segment began beyond them', 'bytes'),
    filled_bytes: counter('of those, bytes that came later, re-sent or overtaken', 'bytes'),
    zero_window_ns: counter('time that the window was shut', 'ns'),
    small_window_ns: counter('time that it was open for less than two full segments', 'ns'),
    stalled_ns: counter('time in stretches of 200 ms and more without ACK progress', 'ns'),
    two_way_gap_ns: counter(
      'UDP: time in silences of both directions of 100 ms and more that src ended; to a clock tick',
      'ns',
    ),
    rto_retransmissions: count('of those, re-sent at least 200 ms after the last data'),
    fast_retransmissions: count('of those, re-sent earlier, after a duplicate ACK or SACK'),
    overtaken: count('segments that later ones had overtaken, told by IP ID or timestamp'),
    zero_windows: count('ACKs of this data that advertise a zero window'),
    small_windows: count('ACKs that advertise less than two full segments, but not zero'),
    syns: count('SYN without ACK sent by src'),
    syn_retries: count('of those, repeats'),
    syn_acks: count('SYN with ACK sent by src'),
    fins: count('FIN sent by src'),
    resets: count('RST sent by src'),
    icmp_errors: count('ICMP errors that quote a packet of this direction'),
    ecn_echoes: count('ACKs of this data with ECE (RFC 3168)'),
    two_way_gaps: count('silences that two_way_gap_ns adds up'),
    outstanding_since_ns: u64(
      'start of the present stretch of data without ACK progress, 0 if none; in whole ms',
      'ns',
    ),
    snd_max: u32('highest end of data seen, sequence number'),
    ack_max: u32('highest ACK of this data seen, sequence number'),
    window_bytes: u32(
      'receive window last advertised for this data, scaled if the handshake was seen',
      'bytes',
    ),
  },
} as const satisfies Stream;

const markSample = {
  name: 'mark_sample',
  version: 2,
  grain: 'one row per host, tap, direction of data and byte mark whose ACK was seen',
  struct: 'nv_mark_sample',
  agent: { host: text('host id'), ...tapFields, ...flowFields },
  kernel: {
    start_ns: u64('the packet that contains the mark passed the tap', 'ns'),
    turnaround_ns: u64('from then to the closing ACK', 'ns'),
    mark: u32('byte mark, absolute sequence number'),
    closing_ack: u32('acknowledgment number that closed it'),
    class: sampleClass(
      'class of the closing ACK at this tap; answer: the answer to a question that no ACK tells of',
    ),
    piggyback: u8('1 if the closing ACK carried data (a response)'),
  },
} as const satisfies Stream;

const alert = {
  name: 'alert',
  version: 4,
  grain: 'one row per flow, direction, condition and time that it was raised',
  struct: 'nv_alert',
  agent: {
    host: text('host id'),
    source: text('push (kernel) or pull (sweep)'),
    begun_ns: u64('likeliest onset of what a sequential test found, 0 if not known', 'ns'),
  },
  kernel: {
    time_ns: u64('raised', 'ns'),
    observed: u64('value that raised it'),
    threshold: u64('value it was held against'),
    ...tapFields,
    ...flowFields,
    kind: alertKind(
      'condition; the unit of observed follows from it: shifts and drifts of time in ns, send_buffer and receive_window in thousandths of the time, others in count',
    ),
    of_service: u8(
      'holds for all connections of a client to a service, each too short to be judged: 1 if src is the client, 2 if dst is; else 0',
    ),
  },
} as const satisfies Stream;

const flight = {
  name: 'flight',
  version: 1,
  grain:
    'one row per host, tap, direction of a flow and thing that happened to it, when an alert is raised for the flow or it is armed',
  agent: {
    host: text('host id'),
    time_ns: u64('it happened; of several folded into one, the first', 'ns'),
    told_ns: u64('it left the kernel: the alert was raised, or an armed packet passed', 'ns'),
    ...tapFields,
    ...flowFields,
    kind: oneOf(
      'nv_flight_kind',
      FLIGHT_KINDS,
    )(
      'rtt, response: the largest sample of half a second; handshake: the SYN was answered; stall: ACKs go on after 200 ms and more; silence: the same of UDP, both directions; window_*: from now on it is so; others as in flow_interval',
    ),
    value: u32(
      'rtt to silence: duration in us; retransmissions, rto and overtaken: segments; hole and window: bytes; others: how often',
    ),
  },
  kernel: {},
} as const satisfies Stream;

export const packetEvent = {
  name: 'packet_event',
  version: 1,
  grain: 'one row per packet and probe, while something is armed',
  struct: 'nv_packet_event',
  agent: {
    host: text('host id'),
    ifname: text('interface name'),
    drop_reason_name: text('name of drop_reason in the running kernel (drop only)'),
    drop_symbol: text('kernel function of location (drop only)'),
  },
  kernel: {
    time_ns: u64('the probe ran', 'ns'),
    location: u64('code address that dropped it (drop only)'),
    ...flowFields,
    flags: u8('TCP flags'),
    ...tapFields,
    probe: oneOf('nv_packet_probe', PACKET_PROBES)('where'),
    hook: hook('direction at a tap'),
    armed: u8('1 if the flow is armed, 0 if it only shares the device with one that is'),
    left_out: u32(
      'packets of the armed flow that were left out here since the last row: of many a sample',
    ),
    seq: u32('first payload byte, sequence number'),
    end_seq: u32('after the last payload byte'),
    ack: u32('acknowledgment number'),
    ip_id: u16('IPv4 identification of the inner packet'),
    cpu: u16('processor'),
    length: u32('bytes of the whole packet at this layer', 'bytes'),
    backlog_bytes: u32('bytes in the qdisc after this packet (qdisc_enqueue only)', 'bytes'),
    backlog_packets: u32('packets in the qdisc after this one (qdisc_enqueue only)'),
    netns: u32('inode of the device namespace'),
    drop_reason: u32('SKB_DROP_REASON_* of the running kernel (drop only)'),
    pid: u32('thread that was running'),
    comm: comm('its name'),
  },
} as const satisfies Stream;

const dropRule = {
  name: 'drop_rule',
  version: 1,
  grain: 'one row per host and dropped packet whose netfilter rule could be named',
  agent: {
    host: text('host id'),
    time_ns: u64('of the drop in packet_event', 'ns'),
    netns: u32('inode of the namespace whose rules they are'),
    rule: text('family, table, chain and text of the rule that fits best, or of the policy'),
  },
  kernel: {},
} as const satisfies Stream;

const socketEvent = {
  name: 'socket_event',
  version: 2,
  grain: 'one row per event of an armed socket, while it is armed',
  struct: 'nv_socket_event',
  agent: { host: text('host id') },
  kernel: {
    time_ns: u64('the probe ran', 'ns'),
    ...flowFields,
    probe: oneOf('nv_socket_probe', SOCKET_PROBES)('where; src is the owner of the socket'),
    ca_state: u8('congestion avoidance state; of congestion_state the new one'),
    tcp_state: u8('TCP state'),
    icsk_pending: u8('timer pending'),
    writer_waits: u8('1 if a writer awaits room in the send buffer'),
    bytes: i32('bytes sent or received by the call, negative errno on failure'),
    netns: u32('inode of the socket namespace'),
    pid: u32('thread that was running'),
    tgid: u32('its process'),
    srtt_us: u32('smoothed RTT of the socket', 'us'),
    snd_cwnd: u32('congestion window', 'segments'),
    snd_wnd: u32('peer window', 'bytes'),
    rcv_wnd: u32('window offered', 'bytes'),
    packets_out: u32('segments in flight'),
    write_queue_bytes: u32('written and not yet sent or acknowledged', 'bytes'),
    unsent_bytes: u32('written and not yet sent', 'bytes'),
    read_queue_bytes: u32('received and not yet read', 'bytes'),
    sndbuf: i32('send buffer limit', 'bytes'),
    rcvbuf: i32('receive buffer limit', 'bytes'),
    comm: comm('name of the thread'),
  },
} as const satisfies Stream;

const socketTime = {
  name: 'socket_time',
  version: 1,
  grain:
    'one row per look at a TCP socket that sends and is, or ever was, held by a buffer or window',
  struct: 'nv_socket_time',
  agent: { host: text('host id') },
  kernel: {
    time_ns: u64('looked', 'ns'),
    busy_us: u64('data were waiting or under way, since the connection began', 'us'),
    rwnd_limited_us: u64('of that, held by the window of the peer', 'us'),
    sndbuf_limited_us: u64(
      'of that, held by the send buffer: all was sent, more would not fit. TCP looks when it sends: who fills the buffer with one write escapes it',
      'us',
    ),
    bytes_acked: u64('acknowledged since the connection began', 'bytes'),
    ...flowFields,
    tcp_state: u8('TCP state; src is the owner of the socket'),
    writer_waits: u8('1 if a writer awaits room in the send buffer'),
    netns: u32('inode of the socket namespace'),
    tgid: u32('a process that holds it'),
    srtt_us: u32('smoothed RTT of the socket', 'us'),
    snd_cwnd: u32('congestion window', 'segments'),
    snd_wnd: u32('peer window', 'bytes'),
    packets_out: u32('segments in flight'),
    write_queue_bytes: u32('written and not yet sent or acknowledged', 'bytes'),
    unsent_bytes: u32('written and not yet sent', 'bytes'),
    sndbuf: i32('send buffer limit, bookkeeping of the kernel included', 'bytes'),
    comm: comm('name of the process'),
  },
} as const satisfies Stream;

export const schedEvent = {
  name: 'sched_event',
  version: 1,
  grain:
    'one row per wait of a watched thread or softirq, and per run of whatever had the CPU meanwhile',
  struct: 'nv_sched_event',
  agent: { host: text('host id'), cgroup: text('cgroup path of the thread, if it could be read') },
  kernel: {
    start_ns: u64('start of the stretch', 'ns'),
    end_ns: u64('end of the stretch', 'ns'),
    kind: oneOf(
      'nv_sched_kind',
      SCHED_KINDS,
    )(
      'wait: runnable, not running; slice: ran on a watched CPU; throttled: by its quota; softirq: receive processing was due, by a NAPI thread or, with pid 0, as a softirq; sleep: off CPU of its own will',
    ),
    watched: u8('1 if the thread serves an armed flow'),
    priority: u16('kernel priority: below 100 is real time'),
    cpu: u32('processor'),
    pid: u32('thread'),
    tgid: u32('process'),
    netns: u32('inode of the thread namespace, 0 if unknown'),
    cgroup_id: u64('id of its cpu cgroup, 0 if unknown'),
    comm: comm('thread name'),
  },
} as const satisfies Stream;

const mapping = {
  name: 'mapping',
  version: 1,
  grain: 'one row per host, inner flow, direction and outer header, refreshed while in use',
  struct: 'nv_mapping',
  agent: { host: text('host id') },
  kernel: {
    first_seen_ns: u64('first packet with this outer header', 'ns'),
    last_seen_ns: u64('last packet with it', 'ns'),
    ...flowFields,
    hook: hook('egress: the host sent it; ingress: it received it'),
    encapsulation: oneOf('nv_encapsulation', ENCAPSULATIONS)('outer protocol'),
    outer_src: address('outer source'),
    outer_dst: address('outer destination'),
    outer_src_port: u16('outer source port, 0 if none'),
    outer_dst_port: u16('outer destination port, 0 if none'),
    vni: u32('network identifier or key, 0 if none'),
  },
} as const satisfies Stream;

const natBinding = {
  name: 'nat_binding',
  version: 1,
  grain:
    'one row per host and flow of a pod whose addresses are translated, when first seen and refreshed while in use',
  struct: 'nv_nat_binding',
  agent: { host: text('host id') },
  kernel: {
    first_seen_ns: u64('first found in conntrack', 'ns'),
    last_seen_ns: u64('last found there', 'ns'),
    src: address('who opened the connection (original tuple)'),
    dst: address('whom it asked for, e.g. a service'),
    reply_src: address('who answers, e.g. a backend (reply tuple)'),
    reply_dst: address('whom it answers, e.g. the host that stands for a pod'),
    src_port: u16('of src'),
    dst_port: u16('of dst'),
    reply_src_port: u16('of reply_src'),
    reply_dst_port: u16('of reply_dst'),
    protocol: u8('IP protocol number'),
    kind: oneOf(
      'nv_nat_kind',
      NAT_KINDS,
    )('dnat: dst is not who answers; snat: src is not who is answered'),
  },
} as const satisfies Stream;

export const dnsExchange = {
  name: 'dns_exchange',
  version: 1,
  grain:
    'one row per tap and DNS query when it ends; one that stays unanswered for a second makes a row, and another if it is answered later',
  struct: 'nv_dns_exchange',
  agent: {
    host: text('host id'),
    name: text(
      'name asked for, in lower case, longer ones cut with an ellipsis; empty where names are switched off',
    ),
  },
  kernel: {
    query_ns: u64('the query passed the tap, for the first time if it was repeated', 'ns'),
    wait_ns: u64('from then to the answer, or to the sweep that found it unanswered', 'ns'),
    answer_ns: u64('from the last repeat to the answer, 0 if there was none', 'ns'),
    ...tapFields,
    src: address('who asks'),
    dst: address('who is asked'),
    src_port: u16('port that asks, of the last repeat'),
    dst_port: u16('port that is asked'),
    protocol: u8('IP protocol number'),
    rcode: u8('response code: 0 no error, 2 server failure, 3 no such name, 5 refused (RFC 1035)'),
    state: oneOf('nv_dns_state', DNS_STATES)('how it ended'),
    truncated: u8('1 if the answer says that it was cut'),
    transaction_id: u16('chosen by who asks'),
    query_type: u16('1 A, 5 CNAME, 15 MX, 28 AAAA, 33 SRV, … (RFC 1035 and IANA)'),
    answer_records: u16('records in the answer section'),
    answer_bytes: u16('length of the answer', 'bytes'),
    repeats: u16('the same question with the same id again before an answer, from any port'),
  },
} as const satisfies Stream;

const quicConnection = {
  name: 'quic_connection',
  version: 1,
  grain: 'one row per host, tap, QUIC connection and sweep interval in which it changed',
  struct: 'nv_quic_connection',
  agent: {
    host: text('host id'),
    interval_start_ns: u64('previous sweep', 'ns'),
    interval_end_ns: u64('this sweep', 'ns'),
    ifname: text('interface name; empty for the uplinks taken together'),
    pod: text('pod behind the tap; empty at an uplink'),
    ...tapFields,
    src: address('client'),
    dst: address('server'),
    src_port: u16('port of the client'),
    dst_port: u16('port of the server'),
    protocol: u8('IP protocol number'),
    destination_id: text(
      'destination connection id of the first client Initial, hexadecimal: the same at every tap, whatever NAT does',
    ),
    source_id: text('its source connection id, hexadecimal'),
  },
  kernel: {
    client_initials: counter('datagrams of the client that begin with an Initial packet'),
    retries: counter('Retry packets of the server: the client had to prove its address'),
    version_negotiations: counter('packets of the server that name other versions'),
    spin_edges: counter('changes of the spin bit that came in turn: the server follows the client'),
    spin_strays: counter(
      'changes out of turn: reordering, or an endpoint that fills in random bits',
    ),
    spin_samples: counter('round trips told by the spin bit, only while it spins'),
    spin_sum_ns: counter('their sum', 'ns'),
    spin_server_sum_ns: counter(
      'of that, from the tap to the server and back; the rest is to the client and back',
      'ns',
    ),
    spin_hist: histogram(LATENCY_BUCKETS)('round trips, log2 of microseconds'),
    version: u32('version of the last long header: 1, 0x6b3343cf for version 2, others as sent'),
    first_seen_ns: u64('first packet seen', 'ns'),
    last_seen_ns: u64('last packet seen', 'ns'),
    initial_ns: u64('first Initial of the client passed, 0 if it was not seen', 'ns'),
    server_ns: u64('from then to the first Initial or Handshake of the server, 0 if none', 'ns'),
    established_ns: u64(
      'from then to the first datagram of the client with a short header, 0 if none',
      'ns',
    ),
    spin_min_ns: u64('least round trip of the connection so far, 0 if none', 'ns'),
    spins: u8('1 while the spin bit changes in turn'),
  },
} as const satisfies Stream;

const hostCounter = {
  name: 'host_counter',
  version: 1,
  grain: 'one row per host, object, metric and sweep, when it changed',
  agent: {
    host: text('host id'),
    time_ns: u64('read', 'ns'),
    source: text('qdisc, device, softnet, netstat, conntrack, cgroup, listen, trigger or agent'),
    object: text('interface, pod, cpu or cgroup it belongs to'),
    metric: text('name of the metric'),
    unit: text('bytes, packets, count, us or ratio'),
    value: f64('growth since the last row for a counter, present value for a gauge'),
    temporality: text('counter or gauge'),
  },
  kernel: {},
} as const satisfies Stream;

const endpoint = {
  name: 'endpoint',
  version: 1,
  grain:
    'one row per host, address and time that it was found or lost; told again while it is there',
  agent: {
    host: text('host id'),
    time_ns: u64('found or lost', 'ns'),
    role: text('pod, host or underlay'),
    pod: text('pod name (its namespace name, else its interface); empty for the host itself'),
    ifname: text('host side interface'),
    ifindex: u32('its index'),
    netns: u32('inode of the namespace that owns the address'),
    address: text('address'),
    present: u8('1 found, 0 gone'),
  },
  kernel: {},
} as const satisfies Stream;

const socketOwner = {
  name: 'socket_owner',
  version: 1,
  grain:
    'one row per host, socket and process that holds it, when first seen; told again while it does',
  struct: 'nv_socket_owner',
  agent: { host: text('host id'), time_ns: u64('first seen', 'ns'), cgroup: text('cgroup path') },
  kernel: {
    ...flowFields,
    tcp_state: u8('TCP state of the socket'),
    netns: u32('inode of the socket namespace'),
    tgid: u32('process'),
    uid: u32('user'),
    comm: comm('process name'),
  },
} as const satisfies Stream;

const lossAccount = {
  name: 'loss_account',
  version: 2,
  grain: 'one row per host, place, probe, processor and sweep in which records were lost',
  agent: {
    host: text('host id'),
    time_ns: u64('counted', 'ns'),
    place: text('ring buffer, map, spool or coverage gap'),
    reason: text('full, budget, shed, evicted, dropped, vanished'),
    probe: text('probe whose records they were, as in packet_event; empty where it is not one'),
    cpu: i32('processor that lost them, -1 where it is not one'),
    records: u64('records lost'),
  },
  kernel: {},
} as const satisfies Stream;

const tapCoverage = {
  name: 'tap_coverage',
  version: 1,
  grain:
    'one row per host, tap, hook and look in which the tap saw clearly less than its device, or a program ran before it',
  agent: {
    host: text('host id'),
    time_ns: u64('looked', 'ns'),
    ifname: text('interface name'),
    ifindex: u32('its index'),
    tap_role: text('pod or uplink'),
    pod: text('pod behind the tap; empty at an uplink'),
    hook: text('ingress or egress'),
    state: text(
      'missing: clearly fewer bytes than the device counted; ahead: nothing is known to be missing, but a program runs first; detached: the program of the tap is gone',
    ),
    ahead: text(
      'programs that run before the tap, in their order, separated by commas; empty if none is known',
    ),
    span_ns: u64('over which bytes were compared, 0 if they were not', 'ns'),
    device_bytes: u64('of the device in that time', 'bytes'),
    missing_bytes: u64('of those, at least these the tap did not see', 'bytes'),
    device_packets: u64('of the device in that time'),
    tap_packets: u64('of the tap, super-packets as one'),
    unparsed: u64('of those, packets that belong to no flow'),
  },
  kernel: {},
} as const satisfies Stream;

const arming = {
  name: 'arming',
  version: 2,
  grain: 'one row per host, incident and change of arming',
  agent: {
    host: text('host id'),
    time_ns: u64('changed', 'ns'),
    incident: text('incident id'),
    state: text('armed, disarmed, expired or failed'),
    detail: text('why it is no more; empty when armed'),
    probes: text(
      'when armed, JSON: [{level, probe, state, reason}], every probe that there could be, attached or absent',
    ),
  },
  kernel: {},
} as const satisfies Stream;

const hostInfo = {
  name: 'host_info',
  version: 1,
  grain: 'one row per start of an agent and change of its taps; told again now and then',
  agent: {
    host: text('host id'),
    time_ns: u64('sent', 'ns'),
    kernel: text('uname -r'),
    cpus: text('CPU list the agent watches'),
    netns: u32('inode of the host namespace'),
    attach: text('tcx or clsact'),
    taps: text('JSON: [{ifname, ifindex, role, pod, attach}]'),
    capabilities: text('JSON: probe to ok or the reason it is absent'),
  },
  kernel: {},
} as const satisfies Stream;

const networkFlow = {
  name: 'network_flow',
  version: 1,
  grain:
    'one row per record of a flow, or packet sampled, that a switch or router exported to the analyzer',
  agent: {
    exporter: address('the device: who sent the record, in sFlow the agent that it names'),
    domain: u32('its observation domain (IPFIX), source (v9), engine (v5) or sub-agent (sFlow)'),
    format: text('netflow5, netflow9, ipfix or sflow5'),
    direction: hook('where on the device it was counted'),
    input_interface: u32('SNMP index of the interface it came in by, 0 if not told'),
    output_interface: u32('SNMP index of the interface it goes out by, 0 if not told'),
    src: address('source as the device saw it: in an overlay, a host'),
    dst: address('destination as the device saw it'),
    src_port: u16('of src, 0 if none'),
    dst_port: u16('of dst, 0 if none'),
    protocol: u8('IP protocol number'),
    sampling: u32('one of so many packets was counted, 1 if all'),
    packets: u64('counted'),
    bytes: u64('IP bytes counted, headers included', 'bytes'),
    start_ns: u64('first packet, on the wall clock of the analyzer', 'ns'),
    end_ns: u64('last packet, on the wall clock of the analyzer', 'ns'),
  },
  kernel: {},
} as const satisfies Stream;

export const STREAMS = [
  flowInterval,
  markSample,
  alert,
  flight,
  packetEvent,
  dropRule,
  socketEvent,
  socketTime,
  schedEvent,
  mapping,
  natBinding,
  dnsExchange,
  quicConnection,
  hostCounter,
  endpoint,
  socketOwner,
  lossAccount,
  tapCoverage,
  arming,
  hostInfo,
  networkFlow,
] as const satisfies readonly Stream[];

export type StreamName = (typeof STREAMS)[number]['name'];
