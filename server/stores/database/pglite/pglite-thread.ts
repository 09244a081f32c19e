import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Command, ErrorMembers, NumberedCommand, Reply } from './pglite-messages.ts';

/** The message by which `isOutage` recognizes it. */
const CLOSED = 'PGlite is closed';

/** In MiB. The thread keeps few objects, and must not grow as the young generation of the serving thread may. */
const YOUNG_GENERATION = 16;

/**
 * How much of a function of WebAssembly runs, in bytes, before V8 optimizes it, in the whole process: the default of later
 * versions of V8. That of Node 20 is a seventh of it, so that startup would spend a fifth of its CPU time on code that hardly
 * runs again.
 */
const TIERING_BUDGET = 13_000_000;

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Severities of errors that end a session, or Postgres: nobody restarts it here, so later statements would wait for ever. */
const FATAL_SEVERITIES = ['FATAL', 'PANIC'];

/** Whether an error has ended Postgres: by its severity, or because WebAssembly trapped. */
const isFatal = ({ name, severity }: ErrorMembers): boolean =>
  FATAL_SEVERITIES.includes(String(severity)) || name === 'RuntimeError';

/** The thread in which PGlite runs. It responds to commands in the order in which they were sent. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #onUnexpectedExit: (error: Error) => void;
  readonly #pending = new Map<number, Pending>();
  /** The opening has the number 0. */
  #next = 0;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #uncaught: Error | null = null;

  private constructor(dataDir: string, onUnexpectedExit: (error: Error) => void) {
    this.#onUnexpectedExit = onUnexpectedExit;
    // It needs no environment, which holds secrets, and no loader of the main thread.
    this.#worker = new Worker(new URL('./pglite-worker.js', import.meta.url), {
      name: 'pglite',
      workerData: { dataDir },
      env: {},
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    this.#worker.on('message', (answer: Reply) => this.#settle(answer));
    this.#worker.on('error', (error) => {
      this.#uncaught = error;
    });
    this.#worker.on('exit', (code) => this.#exited(code));
  }

  /**
   * Starts the thread and opens the database in it.
   * @param dataDir the folder of PGlite
   * @param onUnexpectedExit called if the thread ends without having been closed
   */
  static async open(dataDir: string, onUnexpectedExit: (error: Error) => void): Promise<PgliteThread> {
    setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
    const thread = new PgliteThread(dataDir, onUnexpectedExit);
    try {
      await thread.#expect(() => {});
      thread.#state = 'open';
      return thread;
    } catch (error) {
      await thread.#end();
      throw error;
    }
  }

  /** Sends a command. @returns PGlite's response */
  ask(command: Command): Promise<unknown> {
    if (this.#state === 'closed') return Promise.reject(new Error(CLOSED));
    return this.#expect((id) => this.#worker.postMessage({ id, command } satisfies NumberedCommand));
  }

  /** Closes the database after the commands that were sent, and ends the thread. */
  async close(): Promise<void> {
    const closed = this.ask({ kind: 'close' });
    this.#state = 'closed';
    try {
      await closed;
    } finally {
      await this.#end();
    }
  }

  async #end(): Promise<void> {
    this.#state = 'closed';
    await this.#worker.terminate();
  }

  /** The response to the command that `send` sends. The thread keeps the process alive while a response is due. */
  #expect(send: (id: number) => void): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      // Throws if a parameter cannot be sent: nothing is pending then.
      send(id);
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, reject });
    });
  }

  #settle({ id, value, error }: Reply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (error) pending?.reject(Object.assign(new Error(error.message), error));
    else pending?.resolve(value);
    if (error && isFatal(error)) this.#terminateAfter(new Error(error.message));
  }

  #terminateAfter(error: Error): void {
    this.#uncaught = error;
    void this.#worker.terminate();
  }

  #exited(code: number): void {
    const error = this.#uncaught ?? new Error(`it exited with status ${code}`);
    const died = this.#state === 'open';
    this.#state = 'closed';
    if (died) this.#onUnexpectedExit(error);
    for (const { reject } of this.#pending.values()) reject(new Error(CLOSED, { cause: error }));
    this.#pending.clear();
  }
}
