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
import type { AccountRow, Direction, MarkRow, Observations } from '../ledgers/observe.js';
import type { Place } from '../ledgers/flow.js';

const verdictOf = (directions: Direction[], given: Partial<Observations> = {}) =>
  diagnose([REQUEST], observationsOf(directions, given), 1, 0, 0)?.verdict ?? null;

const at = (places: readonly Place[], row: Partial<AccountRow> = {}) =>
  Object.fromEntries(places.map((place) => [place, accountRow(place, row)]));

const NOBODY = { dstHost: null, dstPod: null };
const UNTOLD = { domain: 'undetermined', host: null, cause: 'other' };
/** The agent of the server's host is missing from the start, or has died. */
const SERVERLESS = [
  ['was never there', NOBODY],
  ['has died', { dstSilent: true }],
] as const;

describe.each(SERVERLESS)('where the agent of the server’s host %s', (_, ends) => {
  const beyond = (account: Direction['account'], given: Partial<Direction> = {}): Direction =>
    directionOf({ account, ...ends, ...given });

  it('does not take a tap that does not tell for one that nothing passed', () => {
    const syn = { syns: 3, syn_retries: 2, packets: 3, data_segments: 0, responses: 0 };
    const stuck = { retransmitted_segments: 4, stuck_ms: 2500, responses: 0 };
    const lossy = { retransmitted_segments: 6 };
    for (const row of [syn, stuck, lossy]) {
      const verdict = verdictOf([beyond(at(['ap', 'au'], row))]);
      expect(verdict).toMatchObject(UNTOLD);
      expect(verdict?.confidence).toBeLessThan(0.4);
      expect(verdict?.summary).toContain('beyond a, where no agent tells');
    }
  });

  it('still says what its own taps prove', () => {
    const lost = { ...at(['ap'], { retransmitted_segments: 6 }), ...at(['au']) };
    expect(verdictOf([beyond(lost)])).toMatchObject({ domain: 'sender_host', host: 'a' });
    const down = {
      ...{ host: 'a', source: 'device', object: 'up0', metric: 'carrier_changes', unit: 'count' },
      ...{ temporality: 'counter', value: 2, least_value: 0, last_value: 2 },
    };
    const stuck = at(['ap', 'au'], { retransmitted_segments: 4, stuck_ms: 2500 });
    expect(verdictOf([beyond(stuck)], { changes: [down] })).toMatchObject({
      ...{ domain: 'sender_host', host: 'a', cause: 'interface_down' },
    });
  });

  it('does not call a server that answers with RST nobody’s, if only its client saw it', () => {
    const syn = { syns: 1, packets: 1, data_segments: 0, responses: 0 };
    const reset = { resets: 1, packets: 1, data_segments: 0, responses: 0, seen_ms_ago: 1500 };
    const refusedFrom = (src_port: number): Direction[] => [
      beyond(at(['ap', 'au'], syn), { flow: { ...REQUEST, src_port } }),
      directionOf({
        flow: { ...RESPONSE, dst_port: src_port },
        account: at(['bu', 'bp'], { ...reset, host: 'a' }),
        ...{ srcHost: ends === NOBODY ? null : 'b', srcPod: null, dstHost: 'a', dstPod: 'a1' },
        ...(ends !== NOBODY && { srcSilent: true }),
      }),
    ];
    const both = [REQUEST.src_port, 40002].flatMap(refusedFrom);
    expect(verdictOf(both)).toMatchObject(UNTOLD);
  });

  const blind = (rows: MarkRow[]): MarkRow[] =>
    rows.map((m) => ({ ...m, t_bu: null, t_bp: null, bu_ns: null, bp_ns: null }));
  const late = (times: Parameters<typeof marks>[1], answerUs = 300): Direction =>
    beyond(at(['ap', 'au'], { response_mean_us: answerUs }), {
      now: blind(marks(30, times)),
      baseline: blind(marks(40, {})),
      accountBefore: at(['ap', 'au']),
    });

  it('names a queue of the client’s host, which its own residences show', () => {
    const queued = late({ network: 20_000, edges: { sender_tx: 19_800, sender_rx: 10 } });
    const verdict = verdictOf([queued]);
    expect(verdict).toMatchObject({ domain: 'sender_host', host: 'a', cause: 'qdisc_backlog' });
    const split = diagnose([REQUEST], observationsOf([queued]), 1, 0, 0)?.split;
    expect(split?.network_us).toBeNull();
  });

  it('says that answers are late beyond it, and not where', () => {
    expect(verdictOf([late({ network: 20_000 }, 20_300)])).toMatchObject(UNTOLD);
    expect(verdictOf([late({ pod: 20_000 }, 20_300)])).toMatchObject(UNTOLD);
    expect(verdictOf([late({})])).toBeNull();
  });

  it('puts it to the place that another flow of the same host, seen whole, shows', () => {
    const toThird = { ...REQUEST, dst: '10.3.0.2' };
    const whole = directionOf({
      ...{ flow: toThird, dstHost: 'c', dstPod: 'c1' },
      now: marks(30, { network: 20_000, edges: { sender_tx: 19_800 } }, toThird),
      baseline: marks(40, {}, toThird),
      account: { ap: accountRow('ap', {}, toThird), au: accountRow('au', {}, toThird) },
    });
    const unseen = beyond(at(['ap', 'au'], { retransmitted_segments: 6 }));
    const found = diagnose([REQUEST, toThird], observationsOf([unseen, whole]), 1, 0, 0);
    expect(found?.verdict).toMatchObject({ domain: 'sender_host', cause: 'qdisc_backlog' });
    expect(found?.verdict.alternatives).toEqual([]);
    expect(found?.victims).toHaveLength(2);
  });
});

describe('where the agent of the client’s host is missing', () => {
  const clientless = (times: Parameters<typeof marks>[1]): Direction =>
    directionOf({
      ...{ srcHost: null, srcPod: null },
      account: at(['bu', 'bp']),
      now: marks(30, times).map((m) => ({ ...m, r_ap: null, r_au: null, au_ns: null })),
      baseline: marks(40, {}).map((m) => ({ ...m, r_ap: null, r_au: null, au_ns: null })),
    });

  it('names what the server’s host shows alone', () => {
    const waits = marks(30, { pod: 20_000 }).map((m) => ({
      ...{ host: 'b', kind: 'wait', start_ns: m.bp_ns ?? 0, pid: 7, comm: 'server' },
      ...{ end_ns: (m.bp_ns ?? 0) + 19_000_000, cgroup: null, netns: 0 },
    }));
    expect(verdictOf([clientless({ pod: 20_000 })], { waits })).toMatchObject({
      ...{ domain: 'receiver_host', host: 'b', cause: 'cpu_contention' },
    });
    expect(verdictOf([clientless({ receiverHost: 20_000 })])).toMatchObject({
      ...{ domain: 'receiver_host', host: 'b', layer: 'softirq' },
    });
  });

  it('is silent on what it cannot see', () => {
    expect(verdictOf([clientless({ network: 20_000 })])).toBeNull();
  });
});
