import { describe, expect, it } from 'vitest';
import type { Incident } from '../incidents/incident.js';
import { reportOf } from './document.js';
import { noisyNeighbour, tracing, undetermined, waterfall } from './fixtures.js';
import { renderHtml, renderMarkdown } from './index.js';

const tables = (incident: Incident): string[][] =>
  reportOf(incident).sections.flatMap((s) =>
    s.blocks.flatMap((b) => (b.kind === 'table' ? b.rows.map((row) => [...row]) : [])),
  );

describe('a report', () => {
  it('says verdict, split against baseline, culprit, evidence, mapping and quality', () => {
    const incident = noisyNeighbour();
    const { title, facts, sections } = reportOf(incident);
    expect(title).toContain('sender host a is to blame');
    expect(Object.fromEntries(facts)).toMatchObject({ cause: 'noisy_neighbour', host: 'a' });
    expect(sections.map((s) => s.title)).toEqual(
      expect.arrayContaining([
        'Where the time goes',
        'Who did it',
        'What to do',
        'Evidence for',
        'Evidence against',
        'On the wire',
        'Quality of the data',
      ]),
    );
    const rows = tables(incident);
    expect(rows.find(([place]) => place === 'sender host')?.slice(1)).not.toContain('–');
    expect(rows.flat().join(' ')).toContain(incident.verdict?.culprits[0]?.id);
  });

  it('says why a term has no number, and that nobody should act on no verdict', () => {
    const text = renderMarkdown(undetermined());
    expect(text).toContain('there is no agent on d');
    expect(text).toContain('Do not act on this verdict');
    expect(text).toContain('1,204');
    expect(text).toContain('| b | ring packet\\_events: full | netif\\_rx | 1 | 1,204 |');
  });

  it('is there before the verdict is', () => {
    expect(renderMarkdown(tracing())).toContain('its place is being traced');
  });
});

it('shows a service address before and after its translation, and who stands for a pod', () => {
  const client = { src: '10.244.1.11', src_port: 40000, protocol: 'tcp' };
  const asked = { ...client, dst: '10.96.0.10', dst_port: 80 };
  const sent = { ...client, dst: '10.244.2.11', dst_port: 8080 };
  const report = (translation: NonNullable<Incident['translations']>[number]): string =>
    renderMarkdown({ ...noisyNeighbour(), translations: [translation] });
  expect(report({ host: 'a', kind: 'dnat', asked, sent })).toContain(
    '10.96.0.10:80 → 10.244.2.11:8080',
  );
  const masqueraded = { ...sent, src: '192.168.1.2', src_port: 61000 };
  expect(report({ host: 'a', kind: 'both', asked, sent: masqueraded })).toContain(
    '192.168.1.2:61000 for 10.244.1.11:40000',
  );
});

describe('the way of a packet', () => {
  const report = (...changed: Parameters<typeof waterfall>): string =>
    renderMarkdown({ ...noisyNeighbour(), waterfall: waterfall(...changed) });

  it('is left out where nothing was traced, and stands before the evidence', () => {
    expect(renderMarkdown(noisyNeighbour())).not.toContain('The way of');
    expect(report()).toMatch(/## Where the time goes[^]*## The way of[^]*## Evidence for/);
  });

  it('has a column a host, the network between them, and who ran while it waited', () => {
    const text = report();
    expect(text).toContain('| step | host a | host b | since the step before | note |');
    expect(text).toMatch(/\| – network – \| {2}\| {2}\| \+181 µs \|/);
    expect(text).toMatch(
      /read returns pod-b \| {2}\| \+3.79 ms .* app\/7 waited 3.64 ms while hog\/9 ran/,
    );
  });

  it('says that a packet was dropped, where and why, and of bytes sent again that they were', () => {
    const drop = { probe: 'drop', layer: 'drop', drop_reason: 'QDISC_DROP' } as const;
    const text = report({ end: 'dropped', passage: 2 }, { ...drop, drop_symbol: '__dev_xmit' });
    expect(text).toMatch(/sent for the 2. time, .*, dropped/);
    expect(text).toContain('QDISC\\_DROP in \\_\\_dev\\_xmit');
  });
});

describe('a tap that was blind', () => {
  const blind = {
    host: 'a',
    ifname: 'veth1',
    pod: 'a-p1',
    hook: 'ingress',
    state: 'missing',
    missing_share: 0.6,
    ahead: 'tcx "cil_from_container" (program 7)',
  };
  const reportWith = (tap: typeof blind): string => {
    const incident = noisyNeighbour();
    const data_quality = { ...incident.data_quality, hosts_missing: [], coverage: 1 };
    return renderMarkdown({ ...incident, data_quality: { ...data_quality, blind_taps: [tap] } });
  };

  it('is named with what it missed and who ran first', () => {
    const text = reportWith(blind);
    expect(text).toContain('Not complete');
    expect(text).toMatch(/a veth1 \(a-p1\).*ingress.*at least 60 %.*from\\_container.*program 7/);
  });

  it('does not make the data incomplete while nothing is missing', () => {
    const text = reportWith({ ...blind, state: 'ahead', missing_share: 0 });
    expect(text).toContain('Complete: every tap');
    expect(text).toContain('nothing known');
  });
});

it('names the ends of which no agent tells', () => {
  const incident = noisyNeighbour();
  const unwatched = [
    { address: '10.4.0.2', host: 'd', heard: '2026-11-21T08:00:01.5Z' },
    { address: '192.0.2.7', host: null, heard: null },
  ];
  const data_quality = { ...incident.data_quality, hosts_missing: [], unwatched };
  const text = renderMarkdown({ ...incident, data_quality });
  expect(text).toContain('Not complete');
  expect(text).toContain('The agent of d (10.4.0.2) is silent since 2026-11-21T08:00:01.5Z');
  expect(text).toContain('No agent on the host of 192.0.2.7');
});

describe('names of processes, pods and hosts', () => {
  const hostile = '<script>alert(1)</script>|`*_[x](y)';
  const incident: Incident = {
    ...noisyNeighbour(),
    victims: noisyNeighbour().victims.map((v) => ({ ...v, src: { ...v.src, process: hostile } })),
  };

  it('become no markup in HTML', () => {
    expect(renderHtml(incident)).not.toContain('<script>');
    expect(renderHtml(incident)).toContain('&lt;script&gt;');
  });

  it('become no markup in Markdown', () => {
    const text = renderMarkdown(incident);
    expect(text).not.toContain('<script>');
    expect(text).toContain('\\|\\`\\*\\_\\[x\\](y)');
  });
});

it('says what taps had kept from before the trigger', () => {
  const { flow } = waterfall();
  const entry = { host: 'a', pod: 'pod-a', back: false };
  const entries = [
    { ...entry, before_us: 850_000, kind: 'rtt' as const, value: 1200, unit: 'us' },
    {
      ...{ ...entry, pod: null, back: true },
      ...{ before_us: 20_000, kind: 'rto' as const, value: 1, unit: 'segments' },
    },
  ];
  const said = renderMarkdown({ ...noisyNeighbour(), before_trigger: { flow, entries } });
  expect(said).toContain('## Before the trigger');
  expect(said).toContain(
    '| 850 ms | a | pod-a | 10.1.0.2:40000 | round trip 1.20 ms, the longest of half a second |',
  );
  expect(said).toContain(
    '| 20.0 ms | a | uplink | 10.2.0.2:80 | 1 segment sent again after a timeout |',
  );
  expect(renderMarkdown(noisyNeighbour())).not.toContain('Before the trigger');
});

it('says for each level what the trace could see and what not', () => {
  const nic = { host: 'b', level: 'nic', attached: ['netif_rx'] };
  const absent = [{ probe: 'transmit completion at up0', reason: 'a veth has none' }];
  const said = renderMarkdown({ ...noisyNeighbour(), probes: [{ ...nic, absent }] });
  expect(said).toContain('| b | nic | netif\\_rx | transmit completion at up0 (a veth has none) |');
});
