import { RPC_PORT, startServer } from '../workloads/index.js';
import { receiverHost } from './commands.js';
import type { Fault } from './fault.js';

export const stoppedServer: Fault = {
  id: 'stopped_server',
  title: 'the server of b-p1 is stopped (SIGSTOP)',
  label: receiverHost('b', 'application', 'app_limited'),
  inject(_, { server }) {
    server?.kill('SIGSTOP');
    return Promise.resolve(() => {
      server?.kill('SIGCONT');
      return Promise.resolve();
    });
  },
};

export const crashedServer: Fault = {
  id: 'crashed_server',
  title: 'the server of b-p1 is killed',
  label: receiverHost('b', 'socket', 'no_listener'),
  inject(testbed, { server }) {
    server?.kill('SIGKILL');
    return Promise.resolve(() => {
      startServer(testbed, { host: 'b', pod: 1 }, RPC_PORT);
      return Promise.resolve();
    });
  },
};
