const TELEMETRY = Symbol.for('opentelemetry.js.api.1');
const STANDARD = [
  'Date',
  'MessageEvent',
  'clearTimeout',
  'fetch',
  'performance',
  'process',
  'setInterval',
  'setTimeout',
];

/** Events by whose listeners a test sees what it should not miss. */
const FAILURES = ['uncaughtException', 'unhandledRejection', 'warning'] as const;

/**
 * What a test file could change in its process for the next file of the same worker, by name: standard globals, environment
 * variables, what OpenTelemetry's API has registered under its symbol, and listeners. A module may add globals as it loads, and
 * the browser of a worker listens to signals.
 */
export function processState(): Map<string, unknown> {
  const { version: _, ...telemetry } = Reflect.get(globalThis, TELEMETRY) ?? {};
  return new Map<string, unknown>([
    ...STANDARD.map((name) => [`globalThis.${name}`, Reflect.get(globalThis, name)] as const),
    ...Object.keys(telemetry).map((name) => [`OpenTelemetry's ${name}`, true] as const),
    ...Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value] as const),
    ...FAILURES.map((name) => [`listeners of ${name}`, process.listenerCount(name)] as const),
  ]);
}

/** The names of what is other than in `before`. */
export function changedSince(before: ReadonlyMap<string, unknown>): string[] {
  const now = processState();
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].filter((name) => before.get(name) !== now.get(name));
}
