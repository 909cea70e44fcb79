/** What happened to a flow before the trigger, as it travels. */
import { type Static, Type } from 'typebox';
import { FLIGHT_KINDS } from '../../primitives/common/schema/streams.js';
import { Flow } from './flow.js';

const Entry = Type.Object({
  host: Type.String(),
  pod: Type.Union([Type.String(), Type.Null()], { description: 'whose tap; null: an uplink' }),
  before_us: Type.Number({
    description: 'the trigger; between hosts good to the clock offsets, some milliseconds',
  }),
  back: Type.Boolean({ description: 'of the data from dst to src' }),
  kind: Type.Enum(FLIGHT_KINDS),
  value: Type.Integer(),
  unit: Type.String({ description: 'us, segments, bytes or count' }),
});

export const BeforeTrigger = Type.Object({
  flow: Flow,
  entries: Type.Array(Entry, { description: 'the oldest first' }),
});

export type FlightEntry = Static<typeof Entry>;
export type BeforeTrigger = Static<typeof BeforeTrigger>;
