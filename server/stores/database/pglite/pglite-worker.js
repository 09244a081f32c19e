// @ts-check
// Runs PGlite in a separate thread. JavaScript, so that Node loads the same file from the sources and from `dist`: a
// thread has none of the loaders that tsx and vitest give the main one.
import { getPriority, setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';

/** @import { Reply, Command, ErrorMembers, NumberedCommand, Statement } from './pglite-messages.ts' */

/** The types of columns that drizzle reads as text: functions cannot be sent to a thread, so it has its own. */
const TIMES = [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE];
/** The types of their arrays, and `numeric[]`. */
const ARRAYS = [1115, 1185, 1187, 1182, 1231];
const parsers = Object.fromEntries(
  [...TIMES, ...ARRAYS].map((type) => [type, (/** @type {string} */ text) => text]),
);

/** The members of errors of Postgres and of the file system that callers read. No parameter of a statement is in them. */
const MEMBERS = [
  ...['code', 'severity', 'detail', 'hint', 'schema', 'table', 'column', 'dataType', 'constraint'],
  ...['where', 'routine', 'position', 'errno', 'syscall', 'path', 'stack'],
];

/** If both threads want one core, this one gets a tenth of the time of the thread that serves, as those for passwords do. */
const NICENESS = 10;
/** The greatest that the system has. */
const MAX_NICENESS = 19;
// 0 is this thread on Linux, and the whole process elsewhere.
if (process.platform === 'linux') setPriority(0, Math.min(MAX_NICENESS, getPriority(0) + NICENESS));

const port = parentPort;
if (port === null) throw new Error('this file runs in a thread');
/**
 * PGlite, with the parser of SQL as V8's baseline compiler translates it. The V8 of Node 24 takes 600 MiB to optimize the largest
 * function of the parser (WasmLowering in `--turbo-stats-wasm`), which it otherwise does during startup. V8 compiles a function when
 * it is first called, and counts its calls from then on only if it may optimize it: so the parser's first statement, an empty one
 * that calls little else, runs while the filter admits function 0 alone: that is an imported one, which V8 never compiles.
 */
class PGliteWithPlainParser extends PGlite {
  /** PGlite's own first statements, after which it is ready. @param {{ force?: boolean }} [options] @override */
  async _initArrayTypes(options) {
    setFlagsFromString('--wasm-tier-up-filter=0');
    await this.exec(';').finally(() => setFlagsFromString('--wasm-tier-up-filter=-1'));
    await super._initArrayTypes(options);
  }
}

const db = new PGliteWithPlainParser({ dataDir: workerData.dataDir });

/** Whether a transaction has begun, and not ended. */
let begun = false;

/** @param {Statement} statement */
async function runStatement({ text, params, rowMode, inTransaction }) {
  if (inTransaction && !begun) {
    await db.exec('BEGIN');
    begun = true;
  }
  return db.query(text, [...params], { rowMode, parsers });
}

/** @param {'commit' | 'rollback'} kind */
async function endTransaction(kind) {
  if (!begun) return;
  begun = false;
  const [result] = await db.exec(kind);
  // Postgres answers the COMMIT of a failed transaction with a rollback, and not with an error.
  const { command } = /** @type {{ command?: string }} */ (result ?? {});
  if (kind !== 'commit' || command !== 'ROLLBACK') return;
  throw Object.assign(new Error('Transaction was rolled back instead of committed'), { code: '25P02' });
}

/** @param {Command} command */
function run(command) {
  switch (command.kind) {
    case 'statement':
      return runStatement(command);
    case 'commit':
    case 'rollback':
      return endTransaction(command.kind);
    case 'close':
      return db.close();
  }
}

/** @param {unknown} thrown @returns {ErrorMembers} */
function membersOf(thrown) {
  const error = /** @type {Record<string, any>} */ (Object(thrown));
  const found = MEMBERS.filter((name) => ['string', 'number'].includes(typeof error[name]));
  const name = String(error['name'] ?? 'Error');
  const message = String(error['message'] ?? thrown);
  return { ...Object.fromEntries(found.map((member) => [member, error[member]])), name, message };
}

/** @param {number} id @param {() => Promise<unknown>} work */
async function answer(id, work) {
  /** @type {Reply} */
  let result;
  try {
    result = { id, value: await work() };
  } catch (error) {
    result = { id, error: membersOf(error) };
  }
  port?.postMessage(result);
}

// One after the other, in the order of arrival: PGlite has one session.
let last = answer(0, () => db.waitReady);
port.on('message', (/** @type {NumberedCommand} */ { id, command }) => {
  last = last.then(() => answer(id, () => Promise.resolve(run(command))));
});
