/** Clients and servers as real processes in the pods of a testbed. */
export { type BaselineClient, startBaseline, startInstead } from './baseline.js';
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
export { isAvailable, RPC_PORT, TRAFFIC, TRAFFIC_IDS, type TrafficId } from './traffic.js';
