import { describe, expect, it } from 'vitest';
import { diagnose } from '../incidents/diagnosis.js';
import {
  accountRow,
  directionOf,
  marks,
  observationsOf,
  REQUEST,
  RESPONSE,
} from '../ledgers/fixtures.js';
import type { Direction, Observations } from '../ledgers/observe.js';

const verdictOf = (directions: Direction[], given: Partial<Observations> = {}) =>
  diagnose([REQUEST], observationsOf(directions, given), 1, 0, 0)?.verdict ?? null;

const rr = {
  ap: accountRow('ap'),
  au: accountRow('au'),
  bu: accountRow('bu'),
  bp: accountRow('bp'),
};

describe('confidence', () => {
  const late = [directionOf({ now: marks(30, { network: 20_000 }), account: rr })];
  const confidence = (coverage: number, lostShare: number, blindShare: number): number =>
    diagnose([REQUEST], observationsOf(late), coverage, lostShare, blindShare)?.verdict
      .confidence ?? 0;

  it('falls with taps that are absent or blind and with records that were lost', () => {
    const whole = confidence(1, 0, 0);
    expect(whole).toBeGreaterThan(0.5);
    expect(confidence(1, 0, 0.5)).toBeCloseTo(0.8 * whole, 1);
    expect(confidence(0.5, 0, 0)).toBeLessThan(whole);
    expect(confidence(1, 0.2, 0)).toBeLessThan(whole);
  });
});

describe('path delay', () => {
  const queued = marks(30, {
    network: 20_000,
    edges: { sender_tx: 19_800, receiver_rx: 10, receiver_tx: 10, sender_rx: 10 },
  });
  const ahead = {
    host: 'a',
    ifname: 'up0',
    packets_delayed: 30,
    dst: '10.3.0.2',
    dst_port: 5001,
    protocol: 6,
  };

  it('names the pod whose bytes stood ahead in the sender’s queue', () => {
    const verdict = verdictOf([directionOf({ now: queued, account: rr })], {
      queue: [
        { ...ahead, src: '10.1.0.3', src_port: 6000, victim: false, bytes_ahead: 900_000 },
        { ...ahead, ...REQUEST, victim: true, bytes_ahead: 1000 },
      ],
    });
    expect(verdict).toMatchObject({
      domain: 'sender_host',
      host: 'a',
      layer: 'qdisc',
      cause: 'noisy_neighbour',
    });
    expect(verdict?.culprits[0]).toMatchObject({ kind: 'pod', id: 'a2', host: 'a' });
  });

  it('blames the queue itself when the bytes ahead are the victim’s own pod’s', () => {
    const verdict = verdictOf([directionOf({ now: queued, account: rr })], {
      queue: [{ ...ahead, ...REQUEST, victim: true, bytes_ahead: 1000 }],
    });
    expect(verdict).toMatchObject({ domain: 'sender_host', cause: 'qdisc_backlog' });
  });

  it('names a congested link and the flow that grew on it', () => {
    const bulk = { ...REQUEST, src: '10.3.0.2', src_port: 7000 };
    const cross = directionOf({
      flow: bulk,
      srcHost: 'c',
      srcPod: 'c1',
      account: { bu: accountRow('bu', { wire_bytes: 30_000_000 }, bulk) },
    });
    const now = marks(30, (i) => ({
      network: 10_000 + 400 * i,
      edges: { sender_tx: 5, receiver_rx: 9 },
    }));
    const verdict = verdictOf([directionOf({ now, account: rr }), cross]);
    expect(verdict).toMatchObject({ domain: 'network', host: null, cause: 'congested_link' });
    expect(verdict?.culprits[0]).toMatchObject({ kind: 'flow', host: 'c' });
  });

  it('names the pods that the network’s own records put on a congested link, heaviest first', () => {
    const outer = { outer_src: '192.0.2.1', outer_dst: '192.0.2.2', one_interface: true };
    const named = { src_host: 'a', src_pod: 'a1', dst_host: 'b', dst_pod: 'b1' };
    const link = { exporter: '192.0.2.9', output_interface: 3, ...outer, ...named };
    const linkFlows = [
      { ...link, ...REQUEST, bytes: 1000 },
      { ...link, ...REQUEST, src_port: 7000, outer_src: '192.0.2.3', src_pod: 'c1', bytes: 9000 },
      // Elsewhere, and the other way on the same interface.
      { ...link, ...REQUEST, output_interface: 4, bytes: 1000 },
      { ...link, ...RESPONSE, outer_src: '192.0.2.2', outer_dst: '192.0.2.1', bytes: 1e6 },
    ];
    const now = marks(30, (i) => ({ network: 10_000 + 400 * i }));
    const given = [directionOf({ now, account: rr })];
    const diagnosis = diagnose([REQUEST], observationsOf(given, { linkFlows }), 1, 0, 0);
    const line = diagnosis?.lead.evidence.find((e) => e.id === 'network.records');
    expect(line?.supports).toBe(true);
    expect(line?.statement).toContain('heaviest first: c1 → b1 90 %, a1 → b1 10 % of 0.01 MB');
    expect(diagnosis?.verdict.confidence).toBeGreaterThan(verdictOf(given)?.confidence ?? 1);
  });

  it('calls a floor that stepped up without new traffic a longer path', () => {
    const now = marks(30, (i) => ({ network: 50_000 + 100 * i }));
    expect(verdictOf([directionOf({ now, account: rr })])).toMatchObject({
      domain: 'network',
      cause: 'path_delay',
    });
  });

  const unloaded = { ap: accountRow('ap'), au: accountRow('au') };
  const crossing = (bytes: number, arrived: number): Direction => {
    const flow = { ...REQUEST, src: '10.3.0.2', src_port: 7000, protocol: 17 };
    const account = {
      au: accountRow('au', { wire_bytes: bytes, host: 'c' }, flow),
      bu: accountRow('bu', { wire_bytes: arrived }, flow),
    };
    return directionOf({ flow, srcHost: 'c', srcPod: 'c1', account, baseline: [] });
  };

  it.each([
    ['flat times, whatever load came with them', () => 9000, 30_000_000, 30_000_000, 'path_delay'],
    [
      'jitter without new load',
      (i: number) => 40_000 + 20_000 * ((i * 7) % 11) * 0.1,
      0,
      0,
      'path_delay',
    ],
    [
      'a queue that is always full and overflows',
      () => 60_000,
      30_000_000,
      24_000_000,
      'congested_link',
    ],
    [
      'a queue of varying length',
      (i: number) => 10_000 + 400 * i,
      30_000_000,
      30_000_000,
      'congested_link',
    ],
    [
      'spikes that come and go',
      (i: number) => (i % 5 === 0 ? 9000 : 100),
      9_000_000,
      6_000_000,
      'microburst',
    ],
  ])('of late marks in the network: %s', (_, network, sent, arrived, cause) => {
    const now = marks(60, (i) => ({ network: network(i) }));
    const victim = directionOf({ now, account: { ...unloaded, bu: rr.bu, bp: rr.bp } });
    const verdict = verdictOf([victim, crossing(sent, arrived)]);
    expect(verdict).toMatchObject({ domain: 'network', host: null, layer: 'path', cause });
  });

  it('is silent on a path that has always been long and wanders', () => {
    const wandering = (i: number) => ({ network: 27_000 + 6000 * ((i * 7) % 11) * 0.1 });
    const slow = { now: marks(60, wandering), baseline: marks(60, wandering), account: rr };
    expect(verdictOf([directionOf(slow)])).toBeNull();
  });

  it('blames the receiver when packets wait between its driver and its tap', () => {
    const now = marks(30, { network: 30_000, edges: { sender_tx: 5, receiver_rx: 29_000 } });
    expect(verdictOf([directionOf({ now, account: rr })])).toMatchObject({
      domain: 'receiver_host',
      host: 'b',
      cause: 'softirq_starvation',
    });
  });

  describe('of packets that wait for receive processing', () => {
    const now = marks(30, { network: 30_000, edges: { sender_tx: 5, receiver_rx: 29_000 } });
    const softirq = (pid: number, ms: number) =>
      now.map((m) => ({
        ...{ host: 'b', kind: 'softirq', pid, comm: '', cgroup: null, netns: 0 },
        ...{ start_ns: (m.bu_ns ?? 0) - ms * 1e6, end_ns: m.bu_ns ?? 0 },
      }));
    const hog = { host: 'b', kind: 'softirq', tgid: 99, comm: 'hog', priority: 89, cgroup: null };
    const waitCulprits = [{ ...hog, had_cpu_us: 27_000, waits: 20 }];
    const cause = (waits: ReturnType<typeof softirq>) =>
      verdictOf([directionOf({ now, account: rr })], { waits, waitCulprits });

    it.each([
      {
        what: 'a receive thread without a processor',
        waits: softirq(7, 29),
        is: 'softirq_starvation',
      },
      { what: 'softirqs that were off', waits: softirq(0, 29), is: 'kernel_stall' },
      { what: 'softirqs that were busy', waits: softirq(0, 2), is: 'softirq_starvation' },
    ])('tells $what', ({ waits, is }) => {
      expect(cause(waits)).toMatchObject({ domain: 'receiver_host', host: 'b', cause: is });
      expect(cause(waits)?.culprits[0]).toMatchObject({ kind: 'process', id: 'hog/99' });
    });
  });

  it('is silent on a stream that fills its own path', () => {
    const streaming = { wire_bytes: 60_000_000, outstanding_bytes: 800_000, responses: 0 };
    const account = { ap: accountRow('ap', streaming), au: accountRow('au', streaming) };
    const now = marks(30, { network: 40_000 });
    expect(verdictOf([directionOf({ now, account })])).toBeNull();
  });

  it('does not guess when two places share the excess', () => {
    const now = marks(30, (i) => (i % 2 ? { network: 20_000 } : { senderHost: 20_000 }));
    expect(verdictOf([directionOf({ now, account: rr })])?.domain).toBe('undetermined');
  });
});

describe('pod delay', () => {
  const late = marks(20, { pod: 30_000 });
  const waits = late.map((m) => ({
    host: 'b',
    kind: 'wait',
    start_ns: m.bp_ns ?? 0,
    end_ns: (m.bp_ns ?? 0) + 28_000_000,
    pid: 7,
    comm: 'server',
    cgroup: '/pod',
    netns: 0,
  }));

  it('names the task that had the CPU while the server’s thread was runnable', () => {
    const verdict = verdictOf([directionOf({ now: late, account: rr })], {
      waits,
      waitCulprits: [
        {
          host: 'b',
          kind: 'wait',
          tgid: 99,
          comm: 'hog',
          priority: 89,
          cgroup: null,
          had_cpu_us: 27_000,
          waits: 20,
        },
      ],
    });
    expect(verdict).toMatchObject({ domain: 'receiver_host', host: 'b', cause: 'cpu_contention' });
    expect(verdict?.culprits[0]).toMatchObject({ kind: 'process', id: 'hog/99', share: 1 });
  });

  it('names the queue before the pod in which its packets stood', () => {
    const queueStays = late.map(({ bp_ns }) => ({
      ...{ ...REQUEST, host: 'b', ifname: 'veth1' },
      ...{ start_ns: bp_ns ?? 0, end_ns: (bp_ns ?? 0) + 28_000_000 },
    }));
    const directions = [directionOf({ now: late, account: rr })];
    const verdict = verdictOf(directions, { queueStays });
    expect(verdict).toMatchObject({ host: 'b', layer: 'qdisc', cause: 'qdisc_backlog' });
    expect(verdict?.culprits[0]).toMatchObject({ kind: 'qdisc', id: 'veth1' });
    const elsewhere = queueStays.map((stay) => ({ ...stay, src_port: 50_000 }));
    expect(verdictOf(directions, { queueStays: elsewhere })?.cause).toBe('app_limited');
  });

  it('tells a quota from contention', () => {
    const throttled = waits.map((w) => ({ ...w, kind: 'throttled' }));
    expect(
      verdictOf([directionOf({ now: late, account: rr })], { waits: throttled }),
    ).toMatchObject({
      cause: 'cpu_throttled',
      culprits: [{ kind: 'cgroup', id: '/pod' }],
    });
  });

  it('names the task that kept softirqs off while threads and packets of the pod waited', () => {
    const off = waits.map((w) => ({ ...w, kind: 'softirq', pid: 0, comm: '' }));
    const had = { host: 'b', kind: 'softirq', tgid: 98, comm: 'dd', priority: 120, cgroup: null };
    const given = { waitCulprits: [{ ...had, had_cpu_us: 27_000, waits: 20 }] };
    const server = [directionOf({ now: late, account: rr })];
    for (const kept of [off, [...waits, ...off]]) {
      const verdict = verdictOf(server, { ...given, waits: kept });
      expect(verdict).toMatchObject({ host: 'b', layer: 'scheduler', cause: 'kernel_stall' });
      expect(verdict?.culprits[0]).toMatchObject({ kind: 'process', id: 'dd/98' });
    }
    const short = off.map((w) => ({ ...w, end_ns: w.start_ns + 2_000_000 }));
    expect(verdictOf(server, { ...given, waits: short })).toMatchObject({ cause: 'app_limited' });
  });

  it('calls a server that sleeps of its own will application-limited', () => {
    expect(verdictOf([directionOf({ now: late, account: rr })])).toMatchObject({
      host: 'b',
      layer: 'application',
      cause: 'app_limited',
    });
  });

  it('is silent on a client that pauses between its requests', () => {
    const back = directionOf({
      flow: RESPONSE,
      srcHost: 'b',
      dstHost: 'a',
      now: marks(20, { pod: 30_000 }, RESPONSE),
      baseline: marks(40, {}, RESPONSE),
    });
    expect(verdictOf([directionOf({ now: marks(20, {}), account: rr }), back])).toBeNull();
  });
});

describe('loss, set-up and progress', () => {
  const resent = { retransmitted_segments: 10, rto_retransmissions: 2 };
  const filled = { retransmitted_segments: 9, holes: 9 };

  it('calls loss with flat times packet loss in the network', () => {
    const account = {
      ap: accountRow('ap', resent),
      au: accountRow('au', resent),
      bu: accountRow('bu', filled),
      bp: accountRow('bp', filled),
    };
    expect(verdictOf([directionOf({ now: marks(30, {}), account })])).toMatchObject({
      domain: 'network',
      cause: 'packet_loss',
    });
  });

  it('calls loss amid spikes, or beside flows that overflow the link, a microburst', () => {
    const account = {
      ap: accountRow('ap', resent),
      au: accountRow('au', resent),
      bu: accountRow('bu', filled),
      bp: accountRow('bp', filled),
    };
    const spiky = marks(60, (i) => (i % 5 === 0 ? { network: 4000 } : {}));
    const flow = { ...REQUEST, src: '10.3.0.2', src_port: 7000, protocol: 17 };
    const burst = (arrived: number): Direction =>
      directionOf({
        ...{ flow, srcHost: 'c', srcPod: 'c1', baseline: [] },
        account: {
          au: accountRow('au', { wire_bytes: 9_000_000 }, flow),
          bu: accountRow('bu', { wire_bytes: arrived }, flow),
        },
      });
    const cause = (...directions: Direction[]): string | undefined => verdictOf(directions)?.cause;
    const flat = directionOf({ now: marks(60, {}), account });
    expect(cause(directionOf({ now: spiky, account }))).toBe('microburst');
    expect(cause(flat, burst(6_000_000))).toBe('microburst');
    expect(cause(flat, burst(8_900_000))).toBe('packet_loss');
    const steady = directionOf({ now: marks(60, { network: 30_000 }), account });
    expect(cause(steady, burst(6_000_000))).toBe('congested_link');
  });

  it('names the hook that dropped inside a host', () => {
    const account = {
      ap: accountRow('ap', resent),
      au: accountRow('au', resent),
      bu: accountRow('bu', resent),
      bp: accountRow('bp', filled),
    };
    const drop = {
      ...REQUEST,
      host: 'b',
      ifname: 'up0',
      netns: 0,
      reason: 'NETFILTER_DROP',
      symbol: 'nft_do_chain',
      rule: null,
      packets: 9,
      bytes: 900,
    };
    expect(
      verdictOf([directionOf({ now: marks(30, {}), account })], { drops: [drop] }),
    ).toMatchObject({
      domain: 'receiver_host',
      host: 'b',
      layer: 'netfilter',
      cause: 'netfilter_drop',
    });
  });

  it('blames the host that says it dropped what vanished behind its last tap', () => {
    const account = {
      ap: accountRow('ap', resent),
      au: accountRow('au', resent),
      bu: accountRow('bu', filled),
      bp: accountRow('bp', filled),
    };
    const direction = directionOf({ now: marks(30, {}), account });
    const drop = { ...REQUEST, host: 'a', ifname: 'up0', netns: 0, reason: 'QDISC_OVERLIMIT' };
    const dropped = (packets: number) => ({
      drops: [{ ...drop, symbol: 'bfifo_enqueue', rule: null, packets, bytes: 900 }],
    });
    expect(verdictOf([direction])).toMatchObject({ domain: 'network', cause: 'packet_loss' });
    const disputed = verdictOf([direction], dropped(1));
    expect(disputed?.domain).toBe('network');
    expect(disputed?.confidence).toBeLessThan(0.7);
    expect(verdictOf([direction], dropped(9))).toMatchObject({
      domain: 'sender_host',
      host: 'a',
      cause: 'qdisc_backlog',
    });
  });

  const syn = { syns: 3, syn_retries: 2, packets: 3, data_segments: 0, responses: 0 };

  it('says that nobody listens when SYN after SYN is answered with RST', () => {
    const back = directionOf({
      flow: RESPONSE,
      srcHost: 'b',
      dstHost: 'a',
      account: { ap: accountRow('ap', { host: 'b', resets: 1, seen_ms_ago: 500 }, RESPONSE) },
    });
    const there = directionOf({
      account: { ap: accountRow('ap', syn), bp: accountRow('bp', syn) },
    });
    expect(verdictOf([there, back])).toBeNull();
    const again = { ...back, flow: { ...RESPONSE, dst_port: 40001 } };
    expect(verdictOf([there, back, again])).toMatchObject({ host: 'b', cause: 'no_listener' });
    const accepted = (seen_ms_ago: number) => {
      const flow = { ...RESPONSE, dst_port: 40_002 };
      const row = { host: 'b', syn_acks: 1, seen_ms_ago };
      return { ...back, flow, account: { ap: accountRow('ap', row, flow) } };
    };
    const withRefusals = [there, back, again];
    expect(verdictOf([...withRefusals, accepted(900)])).toMatchObject({ cause: 'no_listener' });
    expect(verdictOf([...withRefusals, accepted(10)])).toBeNull();
  });

  it('says where a RST arose that no tap of the server saw', () => {
    const there = directionOf({
      account: { ap: accountRow('ap', syn), au: accountRow('au', syn) },
    });
    const refusedBy = (place: 'bu' | 'bp', port: number) => {
      const flow = { ...RESPONSE, dst_port: port };
      const row = accountRow(place, { host: 'a', resets: 1, seen_ms_ago: 1500 }, flow);
      const ends = { srcHost: 'b', srcPod: 'b1', dstHost: 'a', dstPod: 'a1' };
      return directionOf({ flow, ...ends, account: { [place]: row } });
    };
    const both = (place: 'bu' | 'bp') => [
      there,
      refusedBy(place, REQUEST.src_port),
      refusedBy(place, 40_001),
    ];
    expect(verdictOf(both('bp'))).toMatchObject({
      domain: 'sender_host',
      host: 'a',
      cause: 'netfilter_drop',
    });
    expect(verdictOf(both('bu'))).toMatchObject({ domain: 'network', cause: 'syn_filtered' });
  });

  it('tells a filtered port from a partition by whether other flows pass', () => {
    const there = directionOf({
      account: { ap: accountRow('ap', syn), au: accountRow('au', syn) },
    });
    expect(verdictOf([there])).toMatchObject({ domain: 'network', cause: 'partition' });
    const other = { ...REQUEST, src_port: 41000, dst_port: 81 };
    const alive = directionOf({ flow: other, account: { bu: accountRow('bu', {}, other) } });
    expect(verdictOf([there, alive])).toMatchObject({ domain: 'network', cause: 'syn_filtered' });
  });

  it('blames the application that does not accept', () => {
    const account = {
      ap: accountRow('ap', syn),
      au: accountRow('au', syn),
      bu: accountRow('bu', syn),
      bp: accountRow('bp', syn),
    };
    const overflow = {
      host: 'b',
      source: 'netstat',
      object: 'b1',
      metric: 'ListenOverflows',
      unit: 'count',
      temporality: 'counter',
      value: 4,
      least_value: 1,
      last_value: 1,
    };
    expect(verdictOf([directionOf({ account })], { changes: [overflow] })).toMatchObject({
      host: 'b',
      layer: 'application',
      cause: 'listen_overflow',
    });
  });

  it('finds where stuck data vanish', () => {
    const dead = { retransmitted_segments: 4, stuck_ms: 2500 };
    const account = { ap: accountRow('ap', dead), au: accountRow('au', dead) };
    expect(verdictOf([directionOf({ account })])).toMatchObject({
      domain: 'network',
      cause: 'partition',
    });
  });

  it('needs one re-send only of what is stuck for long: they become rare', () => {
    const at = (stuck_ms: number): Direction => {
      const once = { retransmitted_segments: 1, stuck_ms };
      return directionOf({ account: { ap: accountRow('ap', once), au: accountRow('au', once) } });
    };
    expect(verdictOf([at(1000)])).toBeNull();
    expect(verdictOf([at(4000)])).toMatchObject({ cause: 'partition' });
  });

  it('tells the loss of one flow from a partition by what passed since', () => {
    const dead = { retransmitted_segments: 4, stuck_ms: 2500 };
    const account = { ap: accountRow('ap', dead), au: accountRow('au', dead) };
    const flow = { ...REQUEST, src_port: 41000, dst_port: 81 };
    const other = (seen_ms_ago: number): Direction =>
      directionOf({ flow, account: { bu: accountRow('bu', { seen_ms_ago }, flow) } });
    const stuck = directionOf({ account });
    expect(verdictOf([stuck, other(600)])).toMatchObject({ cause: 'packet_loss' });
    expect(verdictOf([stuck, other(2700)])).toMatchObject({ cause: 'partition' });
  });

  describe('sizes that vanish and sizes that arrive', () => {
    const dead = (payload: number) => ({
      ...{ retransmitted_segments: 4, retransmitted_bytes: 4 * payload, stuck_ms: 2500 },
    });
    const stuckAt = (payload: number): Direction =>
      directionOf({
        account: { ap: accountRow('ap', dead(payload)), au: accountRow('au', dead(payload)) },
      });
    const flow = { ...REQUEST, src_port: 41000, dst_port: 81 };
    const passing = (payload: number, seen_ms_ago = 100): Direction => {
      const row = { payload_bytes: 100 * payload, seen_ms_ago };
      return directionOf({ flow, account: { bu: accountRow('bu', row, flow) } });
    };
    const lost = { ...REQUEST, src_port: 42000 };
    const unanswered = directionOf({
      flow: lost,
      account: { au: accountRow('au', { syns: 3, syn_retries: 2 }, lost) },
    });

    it.each([
      ['full-size vanish, small arrive', [stuckAt(1398), passing(200)], 'mtu_black_hole'],
      ['full-size vanish and arrive', [stuckAt(1398), passing(1390)], 'packet_loss'],
      ['small vanish, smaller arrive', [stuckAt(200), passing(50)], 'packet_loss'],
      ['new connections vanish too', [stuckAt(1398), passing(200), unanswered], 'packet_loss'],
      ['nothing has arrived since', [stuckAt(1398), passing(200, 2700)], 'partition'],
    ])('%s', (_, directions, cause) => {
      expect(verdictOf(directions)).toMatchObject({ domain: 'network', cause });
    });

    it.each([
      ['none of a stream has arrived since it stands still', 0, 'mtu_black_hole'],
      ['what was sent again arrives', 2, 'packet_loss'],
    ])('before it is long stuck: %s', (_, again, cause) => {
      const sent = { ...dead(1398), stuck_ms: 650, payload_bytes: 139_800 };
      const came = { payload_bytes: 139_800, seen_ms_ago: 700, retransmitted_segments: again };
      const account = {
        ap: accountRow('ap', sent),
        au: accountRow('au', sent),
        bu: accountRow('bu', { ...came, retransmitted_bytes: again * 1398, holes: again }),
      };
      expect(verdictOf([directionOf({ account }), passing(200)])).toMatchObject({ cause });
    });

    it('tells it of a flow whose small segments arrive, too', () => {
      const row = (resent: number) => ({
        ...{ data_segments: 50, payload_bytes: 50 * 300, holes: 0 },
        ...{ retransmitted_segments: resent, retransmitted_bytes: resent * 1398 },
      });
      const account = {
        ap: accountRow('ap', row(6)),
        au: accountRow('au', row(6)),
        bu: accountRow('bu', row(0)),
        bp: accountRow('bp', row(0)),
      };
      expect(verdictOf([directionOf({ account })])).toMatchObject({ cause: 'mtu_black_hole' });
    });
  });

  it('is silent when the stuck flow’s pod was deleted', () => {
    const gone = { retransmitted_segments: 4, stuck_ms: 2500, dst_present: false };
    expect(verdictOf([directionOf({ account: { ap: accountRow('ap', gone) } })])).toBeNull();
    const lost = { ...resent, dst_present: false };
    const account = {
      ap: accountRow('ap', lost),
      au: accountRow('au', lost),
      bu: accountRow('bu', lost),
      bp: accountRow('bp', { dst_present: false, data_segments: 90 }),
    };
    expect(verdictOf([directionOf({ account })])).toBeNull();
  });

  it('blames the reader that closes its window', () => {
    const account = { bp: accountRow('bp', { zero_windows: 5, stuck_ms: 400 }) };
    expect(verdictOf([directionOf({ account })])).toMatchObject({
      host: 'b',
      cause: 'slow_reader',
    });
  });

  it('blames a server that answers none of its connections, but not for one left alone', () => {
    const waits = { unanswered_ms: 2000, usual_response_us: 500, answered_ms_ago: 1600 };
    const at = (port: number, row: object): Direction => {
      const flow = { ...REQUEST, src_port: port };
      return directionOf({ flow, account: { bp: accountRow('bp', row, flow) } });
    };
    const both = [at(REQUEST.src_port, waits), at(40_002, waits)];
    expect(verdictOf(both)).toMatchObject({ host: 'b', cause: 'app_limited' });
    expect(verdictOf([at(REQUEST.src_port, waits)])).toBeNull();
    expect(verdictOf([...both, at(40_003, { responses: 9, answered_ms_ago: 200 })])).toBeNull();
  });

  describe('of what every tap saw alike', () => {
    const resent = { data_segments: 100, retransmitted_segments: 9 };
    const account = {
      ap: accountRow('ap', resent),
      au: accountRow('au', resent),
      bu: accountRow('bu', resent),
      bp: accountRow('bp', { ...resent, retransmitted_segments: 8 }),
    };
    const drop = { ...REQUEST, host: 'b', ifname: 'eth0', netns: 7, reason: 'NETFILTER_DROP' };
    const endpoints = new Map(
      [...observationsOf([]).endpoints].map(([address, e]) => [address, { ...e, netns: 7 }]),
    );
    const dropped = (given: Partial<typeof drop>) =>
      verdictOf([directionOf({ account })], {
        drops: [{ ...drop, symbol: 'nf_hook_slow', rule: null, packets: 9, bytes: 900, ...given }],
        endpoints,
      });

    it('finds drops in the pods by their reason', () => {
      expect(verdictOf([directionOf({ account })])).toBeNull();
      const netfilter = { layer: 'netfilter', cause: 'netfilter_drop' };
      expect(dropped({})).toMatchObject({ domain: 'receiver_host', ...netfilter });
      expect(dropped({ host: 'a' })).toMatchObject({ domain: 'sender_host', ...netfilter });
    });

    it('blames the way for what arrives corrupted', () => {
      expect(dropped({ reason: 'TCP_CSUM' })).toMatchObject({ domain: 'network', host: null });
    });

    it('takes a wrong link address for a fault', () => {
      const wrong = { domain: 'receiver_host', layer: 'link', cause: 'other' };
      expect(dropped({ reason: 'OTHERHOST' })).toMatchObject(wrong);
    });

    it('leaves what was dropped outside of the pod', () => {
      expect(dropped({ netns: 8 })).toBeNull();
    });
  });

  describe('of what vanishes between the hosts', () => {
    const stuck = { outstanding_bytes: 900, stuck_ms: 1500, retransmitted_segments: 3 };
    const dead = directionOf({
      account: { ap: accountRow('ap', stuck), au: accountRow('au', stuck) },
    });
    const astray = {
      ...{ host: 'a', dst_host: 'b', dst: REQUEST.dst },
      ...{ outer_dst: '192.0.2.3', end_host: 'c', usual: '192.0.2.2' },
    };

    it('blames the host that sends it to somebody else’s tunnel end', () => {
      expect(verdictOf([dead])).toMatchObject({ domain: 'network', cause: 'partition' });
      expect(verdictOf([dead], { misdirected: [astray] })).toMatchObject({
        ...{ domain: 'sender_host', host: 'a', layer: 'link', cause: 'other' },
        culprits: [{ id: '192.0.2.3' }],
      });
      expect(verdictOf([dead], { misdirected: [{ ...astray, host: 'c' }] })).toMatchObject({
        domain: 'network',
      });
    });

    it('blames an interface that lost its link, but not that of another pod', () => {
      const change = (object: string) => ({
        ...{ host: 'b', source: 'device', object, metric: 'carrier_changes', unit: 'count' },
        ...{ temporality: 'counter', value: 2, least_value: 1, last_value: 1 },
      });
      const endpoints = new Map(observationsOf([]).endpoints);
      const other = { address: '10.2.0.3', host: 'b', role: 'pod', pod: 'b2', netns: 0 };
      endpoints.set(other.address, { ...other, ifname: 'veth-b2', present: true });
      expect(verdictOf([dead], { changes: [change('up0')] })).toMatchObject({
        ...{ domain: 'receiver_host', cause: 'interface_down' },
      });
      expect(verdictOf([dead], { changes: [change('veth-b2')], endpoints })).toMatchObject({
        domain: 'network',
      });
    });
  });
});
