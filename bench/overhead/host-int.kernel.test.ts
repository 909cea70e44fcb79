import { expect, it } from 'vitest';
import { Processes } from '../../experiments/testbed/processes.js';
import { native } from '../../primitives/common/native/index.js';
import { loadTap } from '../harness/programs.js';
import { ConnectionFrames } from '../harness/connection-frames.js';
import { IntReader } from './host-int.js';

it('tells user space of every packet, which takes one RTT from each segment that its own ACK answers', async () => {
  const tap = loadTap('host_int');
  const reader = await IntReader.start(new Processes(), tap.object.map('records').fd);
  const frames = new ConnectionFrames(2);
  const egress = (frame: Uint8Array) => native().programTestRun(tap.egressProgram, frame, 1);
  const ingress = (frame: Uint8Array) => native().programTestRun(tap.ingressProgram, frame, 1);
  egress(frames.data(0));
  egress(frames.data(0));
  egress(frames.data(1));
  ingress(frames.ack(0));
  ingress(frames.ack(0));
  const account = await reader.end();
  expect({ ...account, meanUs: 0 }).toEqual({ records: 5, rtts: 1, meanUs: 0 });
  expect(account.meanUs).toBeGreaterThan(0);
  expect(tap.object.variable('lost')).toBe(0n);
  tap.object.close();
});
