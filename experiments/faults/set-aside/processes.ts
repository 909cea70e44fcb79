/** A server that pauses, and neighbours on its processor. */
import type { Fault } from '../fault.js';
import { receiverHost } from '../commands.js';

/** As a collector of garbage that stops the world. */
export const pausingServer: Fault = {
  id: 'pausing_server',
  title: 'the server of b-p1 stands still for 80 ms of every 200',
  label: receiverHost('b', 'application', 'app_limited'),
  inject(testbed, { server }) {
    const { pid } = server ?? {};
    const job = testbed.processes.spawn([
      'bash',
      '-c',
      `while :; do kill -STOP ${pid}; sleep 0.08; kill -CONT ${pid}; sleep 0.12; done`,
    ]);
    return Promise.resolve(async () => {
      await testbed.processes.end(job);
      server?.kill('SIGCONT');
    });
  },
};

export const ordinaryHogs: Fault = {
  id: 'ordinary_hogs',
  title: 'six jobs of ordinary priority on the processor of b',
  label: receiverHost('b', 'scheduler', 'cpu_contention'),
  inject(testbed) {
    const jobs = Array.from({ length: 6 }, () =>
      testbed.processes.spawn(['sh', '-c', 'while :; do :; done'], { cpu: testbed.host('b').cpu }),
    );
    return Promise.resolve(async () => {
      await Promise.all(jobs.map((job) => testbed.processes.end(job)));
    });
  },
};
