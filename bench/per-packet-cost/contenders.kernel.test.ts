import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeVethPair, type VethPair } from '../../primitives/common/loader/fixture/veth.js';
import { BpfObject, Netns } from '../../primitives/common/loader/index.js';
import { native } from '../../primitives/common/native/index.js';
import { ConnectionFrames } from '../harness/connection-frames.js';
import { COUNTED } from './contenders.js';
import { runsBetween, TapPrograms, withStatistics } from '../harness/program-statistics.js';

const FLOWS = 40;

let pair: VethPair;
let netns: Netns;
beforeEach(async () => {
  pair = await makeVethPair('contenders');
  netns = Netns.open(pair.left);
});
afterEach(async () => {
  netns.close();
  await pair.destroy();
});

it.each(COUNTED)(
  'counts every packet of $name at its own hook, and it goes when detached',
  async (contender) => {
    const opened = contender.open(FLOWS);
    const target = { netns: netns.fd, ifindex: 1, ifname: 'lo' };
    const detach = opened.attach(target);
    const programs = TapPrograms.at(target);
    const frames = new ConnectionFrames(FLOWS);
    await withStatistics(() => {
      const before = programs?.read();
      const { egress = -1, ingress = -1 } = programs ?? {};
      for (let flow = 0; flow < FLOWS; flow++) {
        native().programTestRun(egress, frames.syn(flow), 1);
        native().programTestRun(ingress, frames.synAck(flow), 1);
        native().programTestRun(egress, frames.data(flow), 1);
      }
      const runs = before && programs && runsBetween(before, programs.read());
      expect(runs?.egress.count).toBe(2 * FLOWS);
      expect(runs?.ingress.count).toBe(FLOWS);
      expect(runs?.ingress.timeNs).toBeGreaterThan(0);
      return Promise.resolve();
    });
    if (contender.name.startsWith('monitor')) expect(opened.flows()).toBe(FLOWS);
    programs?.close();
    detach();
    expect(TapPrograms.at(target)).toBeNull();
    opened.close();
  },
);

it('takes one RTT of the paper’s design from each segment that its own ACK answers', () => {
  const paper = BpfObject.open('build/bpf/paper.bpf.o').load();
  const run = (hook: 'egress' | 'ingress', frame: Uint8Array): void =>
    void native().programTestRun(paper.program(`paper_${hook}`).fd, frame, 1);
  const entries = (map: string): number => {
    const { fd, keySize, valueSize } = paper.map(map);
    const room = [new Uint8Array(keySize * 64), new Uint8Array(valueSize * 64)] as const;
    return native().mapLookupBatch(fd, ...room).count;
  };
  const frames = new ConnectionFrames(2);
  run('egress', frames.data(0));
  run('egress', frames.data(0));
  run('egress', frames.data(1));
  expect([entries('expected'), entries('rtts')]).toEqual([3, 0]);
  run('ingress', frames.ack(0));
  expect([entries('expected'), entries('rtts')]).toEqual([2, 1]);
  run('ingress', frames.ack(0));
  run('ingress', frames.ack(1));
  expect([entries('expected'), entries('rtts')]).toEqual([2, 1]);
  paper.close();
});
