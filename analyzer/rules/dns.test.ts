import { describe, expect, it } from 'vitest';
import { diagnose } from '../incidents/diagnosis.js';
import type { Verdict } from '../incidents/incident.js';
import { accountRow, directionOf, observationsOf } from '../ledgers/fixtures.js';
import type { Place } from '../ledgers/flow.js';
import type { DnsRow, Observations } from '../ledgers/observe.js';

const QUERY = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 53, protocol: 17 };
const HOSTS = { ap: 'a', au: 'a', bu: 'b', bp: 'b' };
const ALL: readonly Place[] = ['ap', 'au', 'bu', 'bp'];

type At = Partial<DnsRow>;

/** A query as each place saw it, answered after 1 ms unless said otherwise. */
const query = (id: number, places: Partial<Record<Place, At>>): DnsRow[] =>
  ALL.flatMap((place) => {
    const given = places[place];
    return given
      ? [
          {
            ...QUERY,
            ...{ transaction_id: id, query_type: 1, name: 'x.test', place, host: HOSTS[place] },
            ...{ begun_us: 0, wait_us: 1000, exchanges: 1, repeats: 0, answers: 1, unreachable: 0 },
            ...given,
          },
        ]
      : [];
  });

const everywhere = (at: At): Record<Place, At> => ({ ap: at, au: at, bu: at, bp: at });

const queries = (count: number, places: Partial<Record<Place, At>>, from: number): DnsRow[] =>
  Array.from({ length: count }, (_, i) => query(from + i, places)).flat();

const healthy = queries(40, everywhere({}), 1000);
const UNANSWERED: At = { answers: 0, wait_us: 1_200_000 };
const CLIENTS = [...observationsOf([]).endpoints].filter(([, { host }]) => host === 'a');
/** What else both hosts tell of. */
const alive = directionOf({ account: { ap: accountRow('ap'), bp: accountRow('bp') } });

const verdictOf = (dns: DnsRow[], given: Partial<Observations> = {}): Verdict | undefined =>
  diagnose([QUERY], observationsOf([alive], { dns, dnsBefore: healthy, ...given }), 1, 0, 0)
    ?.verdict;

const SERVER = { domain: 'receiver_host', host: 'b', layer: 'application', cause: 'dns_slow' };
const NETWORK = { domain: 'network', host: null, layer: 'path', cause: 'dns_loss' };

describe('a name server that is late or silent', () => {
  it('blames the server where its own pod tap saw the wait', () => {
    const verdict = verdictOf(queries(10, everywhere({ wait_us: 300_000 }), 0));
    expect(verdict).toMatchObject(SERVER);
    expect(verdict?.culprits).toEqual([{ kind: 'pod', id: 'b1', host: 'b', share: 1 }]);
  });

  it('blames it for queries that reached its pod and got no answer', () => {
    expect(verdictOf(queries(10, everywhere(UNANSWERED), 0))).toMatchObject(SERVER);
  });

  it('says that nobody listens where its host refused the queries', () => {
    const refused = everywhere({ answers: 0, unreachable: 1 });
    expect(verdictOf(queries(10, refused, 0))).toMatchObject({ host: 'b', cause: 'no_listener' });
  });

  it('knows the backend of a service', () => {
    const asked = (at: At) => ({ ...everywhere(at), ap: { ...at, dst: '10.96.0.10' } });
    const late = queries(10, asked({ wait_us: 300_000 }), 0);
    expect(verdictOf(late, { dnsBefore: queries(40, asked({}), 1000) })).toMatchObject(SERVER);
  });
});

describe('DNS messages that are lost', () => {
  it('blames the network for queries that left one host and never reached the other', () => {
    const verdict = verdictOf(queries(10, { ap: UNANSWERED, au: UNANSWERED }, 0));
    expect(verdict).toMatchObject(NETWORK);
    expect(verdict?.culprits).toMatchObject([{ kind: 'link', id: 'a → b' }]);
  });

  it('blames it for answers that left the server and never arrived', () => {
    const asked = {
      ap: UNANSWERED,
      au: UNANSWERED,
      bu: { exchanges: 2, answers: 2 },
      bp: { exchanges: 2, answers: 2 },
    };
    const verdict = verdictOf(queries(10, asked, 0));
    expect(verdict).toMatchObject(NETWORK);
    expect(verdict?.culprits).toMatchObject([{ kind: 'link', id: 'b → a' }]);
  });

  it('blames it for queries that got through at the second try', () => {
    const twice = { repeats: 1, wait_us: 1_001_000 };
    const asked = { ap: twice, au: twice, bu: {}, bp: {} };
    expect(verdictOf(queries(10, asked, 0))).toMatchObject(NETWORK);
  });

  it('names the filter on the host that drops them', () => {
    const asked = { ap: UNANSWERED, au: UNANSWERED, bu: UNANSWERED };
    const drop = {
      ...QUERY,
      host: 'b',
      ifname: 'cni0',
      netns: 0,
      reason: 'NETFILTER_DROP',
      symbol: 'nft_do_chain',
      rule: null,
      packets: 3,
      bytes: 200,
    };
    expect(verdictOf(queries(10, asked, 0), { drops: [drop] })).toMatchObject({
      ...{ domain: 'receiver_host', host: 'b', cause: 'netfilter_drop' },
      culprits: [{ kind: 'rule', id: 'nft_do_chain' }],
    });
    expect(verdictOf(queries(10, asked, 0))).toMatchObject({ host: 'b', cause: 'other' });
  });

  it('is not path delay: that shows between the hosts, and nothing is missing', () => {
    const [near, far] = [{ wait_us: 200_000 }, {}];
    const asked = { ap: near, au: near, bu: far, bp: far };
    expect(verdictOf(queries(10, asked, 0))).toMatchObject({
      domain: 'network',
      cause: 'path_delay',
    });
  });
});

it('takes what TCP connections to the server lose at the same place for a symptom', () => {
  const tcp = { ...QUERY, protocol: 6 };
  const syns = (place: Place) => accountRow(place, { syns: 20, syn_retries: 19 }, tcp);
  const connecting = directionOf({ flow: tcp, account: { ap: syns('ap'), au: syns('au') } });
  const dns = queries(10, { ap: UNANSWERED, au: UNANSWERED }, 0);
  const observations = observationsOf([alive, connecting], { dns, dnsBefore: healthy });
  const diagnosis = diagnose([QUERY, tcp], observations, 1, 0, 0);
  expect(diagnosis?.verdict).toMatchObject({ cause: 'dns_loss', alternatives: [] });
  expect(diagnosis?.findings).toHaveLength(1);
});

describe('what it does not say', () => {
  it('guesses nothing where no agent watches the server', () => {
    const before = queries(40, { ap: {}, au: {} }, 1000);
    const outside = { dnsBefore: before, endpoints: new Map(CLIENTS) };
    const leaves = { ap: UNANSWERED, au: UNANSWERED };
    expect(verdictOf(queries(10, leaves, 0), outside)).toMatchObject({ domain: 'undetermined' });
    expect(verdictOf(queries(10, { ap: UNANSWERED }, 0), outside)).toMatchObject({ host: 'a' });
  });

  it('does not take a tap that misses answered queries for a witness', () => {
    const { bu, bp, ...near } = everywhere({});
    const half = [...queries(20, { ...near, bu, bp }, 1000), ...queries(20, near, 2000)];
    const asked = queries(10, { ap: UNANSWERED, au: UNANSWERED }, 0);
    expect(verdictOf(asked, { dnsBefore: half })).toMatchObject({ domain: 'undetermined' });
  });

  it('is silent about a server that is as slow as ever, and about few late answers', () => {
    const slow = everywhere({ wait_us: 300_000 });
    expect(verdictOf(queries(10, slow, 0), { dnsBefore: queries(40, slow, 1000) })).toBeUndefined();
    const silent = everywhere(UNANSWERED);
    expect(
      verdictOf(queries(10, silent, 0), { dnsBefore: queries(40, silent, 1000) }),
    ).toBeUndefined();
    expect(verdictOf(queries(2, slow, 0))).toBeUndefined();
    const few = [...queries(3, slow, 0), ...queries(30, everywhere({}), 100)];
    expect(verdictOf(few)).toBeUndefined();
  });

  it('waits until a query can be told as unanswered everywhere', () => {
    const young = everywhere({ ...UNANSWERED, begun_us: 2_000_000 });
    expect(verdictOf(queries(10, young, 0))).toBeUndefined();
  });
});
