/** Clients and servers as real processes in the pods of a testbed. */
export { type Baseline, type BaselineClient, RPC_PORT, startBaseline } from './baseline.js';
export {
  Client,
  type PodRef,
  startBulk,
  startClient,
  startInPod,
  startServer,
  startSink,
  startStream,
} from './starters.js';
