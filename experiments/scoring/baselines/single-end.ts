import { type Baseline, endsOf, NETWORK, resendsMuch, rose, sightOf } from './baseline.js';

/** TCP statistics of the client's end alone: who holds the window, what is sent again, what became slower. */
export const singleEnd: Baseline = {
  id: 'single_end',
  title: "TCP statistics of the client's end",
  async place(telemetry) {
    const { client, server } = await endsOf(telemetry);
    const before = await sightOf(telemetry, 'before', 'pod');
    const during = await sightOf(telemetry, 'during', 'pod');
    if (during.resets_back > before.resets_back) return server;
    if (during.syn_retries > 0) return NETWORK;
    if (during.shut_there_ms > 100) return server;
    if (during.shut_back_ms > 100) return client;
    if (resendsMuch(during)) return NETWORK;
    if (rose(before.rtt_there, during.rtt_there)) return NETWORK;
    if (rose(before.response, during.response)) return server;
    return null;
  },
};
