/** A server that pauses, and neighbours on its processor. */
import { graded } from '../grades.js';
import { receiverHost } from '../commands.js';

const PERIOD_MS = 200;
const PAUSE = { what: 'pause', unit: 'ms of 200', values: [20, 80, 160] } as const;

/** As a collector of garbage that stops the world. */
export const pausingServer = graded({ ...PAUSE, usual: 80 }, (ms) => ({
  id: 'pausing_server',
  title: `the server of b-p1 stands still for ${ms} ms of every ${PERIOD_MS}`,
  label: receiverHost('b', 'application', 'app_limited'),
  inject(testbed, { server }) {
    const { pid } = server ?? {};
    const job = testbed.processes.spawn([
      'bash',
      '-c',
      `while :; do kill -STOP ${pid}; sleep ${ms / 1000}; kill -CONT ${pid}; sleep ${(PERIOD_MS - ms) / 1000}; done`,
    ]);
    return Promise.resolve(async () => {
      await testbed.processes.end(job);
      server?.kill('SIGCONT');
    });
  },
}));

const HOGS = { what: 'jobs', unit: '', values: [2, 6, 12] } as const;

export const ordinaryHogs = graded({ ...HOGS, usual: 6 }, (count) => ({
  id: 'ordinary_hogs',
  title: `${count} jobs of ordinary priority on the processor of b`,
  label: receiverHost('b', 'scheduler', 'cpu_contention'),
  inject(testbed) {
    const jobs = Array.from({ length: count }, () =>
      testbed.processes.spawn(['sh', '-c', 'while :; do :; done'], { cpu: testbed.host('b').cpu }),
    );
    return Promise.resolve(async () => {
      await Promise.all(jobs.map((job) => testbed.processes.end(job)));
    });
  },
}));
