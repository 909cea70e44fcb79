import { describe, expect, it } from 'vitest';
import { diagnose } from '../incidents/diagnosis.js';
import type { Verdict } from '../incidents/incident.js';
import { accountRow, directionOf, observationsOf, REQUEST } from '../ledgers/fixtures.js';
import type { Direction, ReaderTimeRow, SenderTimeRow } from '../ledgers/observe.js';

/** A second of sending at a quarter of what it was, 50 ms of round trip. */
const sender = (given: Partial<SenderTimeRow> = {}): SenderTimeRow => ({
  ...REQUEST,
  ...{ host: 'a', comm: 'node', tgid: 7, span_us: 1e6, busy_us: 1e6 },
  ...{ rwnd_limited_us: 0, sndbuf_limited_us: 0, bytes_acked: 0.5e6, srtt_us: 50_000 },
  ...{ sndbuf: 32_768, unsent_bytes: 0, write_queue_bytes: 16_000, looks: 3 },
  ...{ starved_share: 0, traced_starved_share: null },
  ...{ past_busy_us: 20e6, past_rwnd_limited_us: 0, past_sndbuf_limited_us: 0 },
  ...{ past_bytes_acked: 40e6, past_srtt_us: 50_000, past_sndbuf: 400_000, past_starved_share: 0 },
  ...given,
});

const reader = (unread_share: number): ReaderTimeRow => ({
  ...REQUEST,
  ...{ host: 'b', comm: 'sink', tgid: 9, unread_share, unread_bytes: 0, window_bytes: 16_000 },
  ...{ rcvbuf: 32_768, reads: 40, span_us: 2e6 },
});

function verdictOf(given: Partial<Direction>, others: Direction[] = []): Verdict | undefined {
  const direction = directionOf({
    account: { ap: accountRow('ap'), bp: accountRow('bp') },
    ...given,
  });
  return diagnose([REQUEST], observationsOf([direction, ...others]), 1, 0, 0)?.verdict;
}

const SEND_BUFFER = { domain: 'sender_host', host: 'a', layer: 'socket', cause: 'sndbuf_limited' };
const RECEIVE_BUFFER = {
  domain: 'receiver_host',
  host: 'b',
  layer: 'socket',
  cause: 'rcvbuf_limited',
};
const SLOW_READER = { domain: 'receiver_host', host: 'b', cause: 'slow_reader' };

describe('a send buffer that is too small', () => {
  it('is told from TCP’s own account', () => {
    const verdict = verdictOf({ sender: sender({ sndbuf_limited_us: 0.9e6 }) });
    expect(verdict).toMatchObject(SEND_BUFFER);
    expect(verdict?.culprits).toEqual([{ kind: 'process', id: 'node/7', host: 'a', share: 1 }]);
  });

  it('is told by a writer that waits while all is sent, where TCP does not see it', () => {
    expect(verdictOf({ sender: sender({ traced_starved_share: 0.95 }) })).toMatchObject(
      SEND_BUFFER,
    );
  });

  it('is not named when the sender is as fast as before', () => {
    const held = { sndbuf_limited_us: 0.9e6, bytes_acked: 1.9e6 };
    expect(verdictOf({ sender: sender(held) })).toBeUndefined();
  });

  it('is not named when the path became longer: as much is under way as before', () => {
    const longer = { sndbuf_limited_us: 0.9e6, srtt_us: 200_000 };
    expect(verdictOf({ sender: sender(longer) })).toBeUndefined();
  });

  it('is not named when the application sends less, or the network holds it', () => {
    expect(verdictOf({ sender: sender({ busy_us: 0.1e6, bytes_acked: 0.2e6 }) })).toBeUndefined();
    expect(verdictOf({ sender: sender() })).toBeUndefined();
  });

  it('of a connection made anew shows against those before it', () => {
    const newborn = {
      sndbuf_limited_us: 0.9e6,
      past_busy_us: 0.2e6,
      past_sndbuf_limited_us: 0.2e6,
    };
    const old = { ...REQUEST, src_port: 39999 };
    const before = accountRow('ap', { payload_bytes: 20e6, seconds: 10 }, old);
    const others = [directionOf({ flow: old, accountBefore: { ap: before } })];
    expect(verdictOf({ sender: sender(newborn) }, others)).toMatchObject(SEND_BUFFER);
    expect(verdictOf({ sender: sender(newborn) })).toBeUndefined();
  });
});

describe('a window that holds the sender', () => {
  const held = sender({ rwnd_limited_us: 0.95e6 });
  const shut = { ap: accountRow('ap'), bp: accountRow('bp', { zero_windows: 5 }) };

  it('is the receive buffer’s when its reader drains it at once', () => {
    const verdict = verdictOf({ sender: held, reader: reader(0.02) });
    expect(verdict).toMatchObject(RECEIVE_BUFFER);
    expect(verdict?.culprits).toEqual([{ kind: 'process', id: 'sink/9', host: 'b', share: 1 }]);
    expect(verdictOf({ account: shut, reader: reader(0.02) })).toMatchObject(RECEIVE_BUFFER);
  });

  it('is the reader’s when it leaves the buffer full', () => {
    expect(verdictOf({ sender: held, reader: reader(0.95) })).toMatchObject(SLOW_READER);
    expect(verdictOf({ account: shut, reader: reader(0.95) })).toMatchObject(SLOW_READER);
  });

  it('is the reader’s when it is shut and nobody looked at the reader', () => {
    expect(verdictOf({ account: shut })).toMatchObject(SLOW_READER);
    expect(verdictOf({ sender: held })).toBeUndefined();
  });
});
