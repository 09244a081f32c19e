import postgres from 'postgres';

/** The error of a statement whose connection was lost before it was sent. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'CONNECTION_CLOSED';
}

/** Properties of a postgres.js query that its types omit. */
interface DriverQuery {
  readonly args: unknown;
  forEachFn: (row: unknown, rows: unknown[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Gives a query only its own rows and its own error. postgres.js counts the rows of a connection, and keeps its last
 * error, until the server says that a statement is complete. If one fails after some rows, or its connection ends, the
 * next statement gets an array that begins with holes, or that error.
 * @param failed is called with the query's error, before anything that awaits the query sees it
 */
export function isolateResult<Q>(query: Q, failed: (error: unknown) => void = () => {}): Q {
  if (!isDriverQuery(query)) return query;
  const { reject } = query;
  query.forEachFn = (row, rows) => rows.push(row);
  query.reject = (given) => {
    const error = isErrorOfAnotherQuery(query, given)
      ? new ConnectionLost('the connection had ended')
      : given;
    failed(error);
    reject(error);
  };
  return query;
}

/** Whether a client returned a query, and not an identifier or a list of values. */
const isDriverQuery = (value: unknown): value is DriverQuery =>
  value instanceof Promise && 'args' in value && 'reject' in value;

/** postgres.js notes at each error the arguments of the first query that it rejected with it. */
const isErrorOfAnotherQuery = (query: DriverQuery, error: unknown): boolean =>
  error instanceof postgres.PostgresError && 'args' in error && error.args !== query.args;
