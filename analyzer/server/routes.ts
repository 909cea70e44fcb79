import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginCallback, RawServerDefault } from 'fastify';
import type { VerdictEngine } from '../incidents/engine.js';
import type { Ingest } from '../ingest/ingest.js';
import type { NetworkRecords } from '../network-records/collector.js';
import type { Store } from '../store/database.js';
import type { ControlHub } from './control.js';

/** What routes work with. */
export interface Services {
  readonly store: Store;
  readonly engine: VerdictEngine;
  readonly control: ControlHub;
  readonly ingest: Ingest;
  readonly networkRecords?: NetworkRecords;
}

/** A group of routes. */
export type Routes = FastifyPluginCallback<Services, RawServerDefault, TypeBoxTypeProvider>;
