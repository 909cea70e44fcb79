import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  StatementType,
} from '@duckdb/node-api';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { type ResultRow, resultRows } from './rows.js';

/** SHOW, DESCRIBE, SUMMARIZE and FROM are SELECT to DuckDB. */
const READ_ONLY: readonly StatementType[] = [StatementType.SELECT, StatementType.EXPLAIN];
const TIME_LIMIT_MS = 10_000;

export interface QueryResult {
  readonly rows: ResultRow[];
  /** True when more rows were there than were asked for. */
  readonly truncated: boolean;
}

/**
 * One statement that reads. DuckDB's own parser says what it is, and a read-only transaction stops what hides
 * inside it (EXPLAIN ANALYZE DELETE). The connection is used up.
 */
export async function reading<T>(
  connection: DuckDBConnection,
  sql: string,
  use: (statement: DuckDBPreparedStatement) => Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => {
    connection.interrupt();
  }, TIME_LIMIT_MS);
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    return await use(await readingStatement(connection, sql));
  } catch (cause) {
    if (cause instanceof NetverdictError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NetverdictError('NV_BAD_QUERY', reason, { cause });
  } finally {
    clearTimeout(timer);
    connection.closeSync();
  }
}

export async function readRows(
  statement: DuckDBPreparedStatement,
  rowLimit: number,
): Promise<QueryResult> {
  const reader = await statement.streamAndReadUntil(rowLimit + 1);
  const rows = resultRows(reader);
  return { rows: rows.slice(0, rowLimit), truncated: rows.length > rowLimit };
}

async function readingStatement(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  if (sql.trim() === '') throw new NetverdictError('NV_BAD_QUERY', 'the query is empty');
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new NetverdictError('NV_BAD_QUERY', `one statement is allowed, got ${statements.count}`);
  }
  const statement = await statements.prepare(0);
  if (!READ_ONLY.includes(statement.statementType)) {
    const kind = StatementType[statement.statementType];
    throw new NetverdictError('NV_BAD_QUERY', `only statements that read are allowed, not ${kind}`);
  }
  return statement;
}
