import { parseArgs } from 'node:util';
import { FULL, type Plan, QUICK } from './plan.ts';
import { printHelp } from './processes/help.ts';

interface Command {
  /** The parts to run, in their order. */
  readonly chosen: readonly string[];
  readonly plan: Plan;
  /** Whether later runs are compared with this one's results. */
  readonly keep: boolean;
  /** Whether the days that were recorded before are dropped. */
  readonly dropEarlier: boolean;
}

/**
 * Reads the command line. If it is wrong, or for help, prints the usage and ends the process.
 * @param named parts that run only if they are named
 */
export function readCommand(parts: readonly string[], named: readonly string[]): Command {
  const usage = `npm run bench -- [--quick | --record [--drop-earlier]] [${parts.join('] [')}], npm run soak -- [--calls 1e6]\nExits with 1 if a row misses its target.`;
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        'drop-earlier': { type: 'boolean', default: false },
        calls: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) printHelp(usage);
    const unknown = positionals.find((name) => !parts.includes(name));
    if (unknown !== undefined) throw new Error(`There is no part "${unknown}".`);
    if (values.record && (values.quick || values.calls !== undefined))
      throw new Error('A quick run cannot be recorded.');
    if (values['drop-earlier'] && !values.record) throw new Error('--drop-earlier is a way to --record.');
    const plan = values.quick ? QUICK : FULL;
    return {
      chosen: parts.filter((name) =>
        positionals.length > 0 ? positionals.includes(name) : !named.includes(name),
      ),
      plan:
        values.calls === undefined ? plan : { ...plan, soak: { ...plan.soak, calls: calls(values.calls) } },
      keep: values.record,
      dropEarlier: values['drop-earlier'],
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}

function calls(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1_000) return value;
  throw new Error(`--calls must be a whole number of at least 1,000, but is "${text}".`);
}
