/** Clients and servers as real processes in the pods of a testbed. */
export { type BaselineClient, RPC_PORT, startBaseline } from './baseline.js';
export {
  Client,
  type ClientFlow,
  type PodRef,
  startBurster,
  startBulk,
  startClient,
  startDrain,
  startNameServer,
  startResolver,
  startServer,
  startSink,
  startStream,
  type Workload,
} from './starters.js';
