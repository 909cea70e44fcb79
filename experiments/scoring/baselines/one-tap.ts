import { type Baseline, endsOf, NETWORK, resendsMuch, rose, sightOf } from './baseline.js';

/** One tap, at the client's uplink, which splits every round trip in two: what is on either side of it. */
export const oneTap: Baseline = {
  id: 'one_tap',
  title: "the split of one tap, at the client's uplink",
  async place(telemetry) {
    const { client, server } = await endsOf(telemetry);
    const before = await sightOf(telemetry, 'before', 'uplink');
    const during = await sightOf(telemetry, 'during', 'uplink');
    const excess = (of: 'rtt_there' | 'rtt_back' | 'response'): number =>
      (during[of] ?? 0) - (before[of] ?? 0);
    const outer = rose(before.rtt_there, during.rtt_there) ? excess('rtt_there') : 0;
    const inner = rose(before.rtt_back, during.rtt_back) ? excess('rtt_back') : 0;
    const answer = rose(before.response, during.response) ? excess('response') - outer : 0;
    const most = Math.max(outer, inner, answer);
    if (resendsMuch(during) || during.syn_retries > 0) return NETWORK;
    if (most <= 0) return null;
    return most === outer ? NETWORK : most === inner ? client : server;
  },
};
