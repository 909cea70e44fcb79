/**
 * Saved records of one run, as a simple method may read them. It is told what netverdict has to find out: which flow
 * suffers, and when that began.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import { STREAMS } from '../../../primitives/common/schema/streams.js';
import type { RunRecord } from '../record.js';

type Row = Readonly<Record<string, unknown>>;

export class Telemetry {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** @param folder what `netverdict export` or a matrix wrote. */
  static async open(folder: string, record: RunRecord): Promise<Telemetry> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const telemetry = new Telemetry(instance, await instance.connect());
    for (const { name } of STREAMS) {
      const file = join(folder, `${name}.parquet`).replaceAll("'", "''");
      await telemetry.connection.run(
        `CREATE VIEW ${name} AS SELECT * FROM read_parquet('${file}')`,
      );
    }
    await telemetry.connection.run(viewsOf(record));
    return telemetry;
  }

  async rows(sql: string): Promise<Row[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJson();
  }

  /** The only value of the only row; null if it is none. */
  async number(sql: string): Promise<number | null> {
    const [row = {}] = await this.rows(sql);
    const [value] = Object.values(row);
    return value === null || value === undefined ? null : Number(value);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/**
 * `phases`: how long each lasted. `ends`: the hosts of the client and of the server. `seen`: flow intervals of the victims, `way` there or back, `phase`
 * before or during. `counted`: counters of all hosts with their phase. `alerted`: alerts of the victims during.
 */
function viewsOf({ victims, healthy_from, injected_at, undone_at }: RunRecord): string {
  // A control may have no victim; nobody has the last address.
  const flows = [
    ...victims.map(({ flow }) => `('${flow.src}', '${flow.dst}', ${flow.dst_port})`),
    "('', '', 0)",
  ];
  const ns = (at: string): string => `${Date.parse(at)}000000`;
  const phase = (time: string): string =>
    `CASE WHEN ${time} BETWEEN ${ns(healthy_from)} AND ${ns(injected_at)} THEN 'before'
          WHEN ${time} BETWEEN ${ns(injected_at)} AND ${ns(undone_at)} THEN 'during' END`;
  const span = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
  return `
CREATE TABLE phases AS FROM (VALUES
  ('before', ${span(healthy_from, injected_at)}), ('during', ${span(injected_at, undone_at)})
) p(phase, seconds);
CREATE TABLE victim AS SELECT DISTINCT * FROM (VALUES ${flows.join(', ')}) v(client, server, port);
CREATE TABLE clock AS
  SELECT host, min(received_ns - interval_end_ns) AS offset_ns FROM flow_interval GROUP BY host;
CREATE VIEW ends AS SELECT
  (SELECT any_value(e.host) FROM endpoint e JOIN victim v ON e.address = v.client) AS client,
  (SELECT any_value(e.host) FROM endpoint e JOIN victim v ON e.address = v.server) AS server;
CREATE VIEW seen AS
  SELECT f.*, CASE WHEN f.src = v.client THEN 'there' ELSE 'back' END AS way,
    ${phase('f.interval_end_ns + c.offset_ns')} AS phase
  FROM flow_interval f JOIN clock c USING (host) JOIN victim v ON
    (f.src = v.client AND f.dst = v.server AND f.dst_port = v.port) OR
    (f.src = v.server AND f.dst = v.client AND f.src_port = v.port);
CREATE VIEW counted AS
  SELECT h.*, ${phase('h.time_ns + c.offset_ns')} AS phase
  FROM host_counter h JOIN clock c USING (host);
CREATE VIEW alerted AS
  SELECT a.* FROM alert a JOIN clock c USING (host) JOIN victim v ON
    (a.src = v.client AND a.dst = v.server AND a.dst_port = v.port) OR
    (a.src = v.server AND a.dst = v.client AND a.src_port = v.port)
  WHERE ${phase('a.time_ns + c.offset_ns')} = 'during';`;
}
