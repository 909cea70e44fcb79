/** Clients and servers as real processes in the pods of a testbed. */
export { type BaselineClient, RPC_PORT, startBaseline } from './baseline.js';
export {
  Client,
  type ClientFlow,
  startBulk,
  startClient,
  startNameServer,
  startResolver,
  startServer,
  startSink,
  startStream,
} from './starters.js';
