import { parseArgs } from 'node:util';
import { printHelp } from '../processes/help.ts';
import { DATABASES, type DatabaseName } from './flood-row.ts';
import { FLOOD_NAMES, type FloodName } from './floods.ts';
import { FULL, type PhaseSeconds, QUICK } from './phases.ts';

interface Command {
  readonly floods: readonly FloodName[];
  readonly databases: readonly DatabaseName[];
  readonly phases: PhaseSeconds;
  /** Whether to publish the table. */
  readonly record: boolean;
  /** Whether to increase two floods step by step until they hurt, instead. */
  readonly ramp: boolean;
}

const USAGE = `npm run floods -- [--ramp] [--quick | --record] [--only NAME]... [--database pglite|postgres]
NAME: ${FLOOD_NAMES.join(', ')}
Exits with 1 if a flood does not hold.`;

/** Reads the command line. If it is wrong, or for help, prints the usage and ends the process. */
export function readCommand(): Command {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        ramp: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        database: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { quick, record, ramp, only, database, help } = values;
    if (help) printHelp(USAGE);
    if (quick && record) throw new Error('A quick run cannot be recorded.');
    return {
      floods: picked('flood', FLOOD_NAMES, only),
      databases: picked('database', DATABASES, database === undefined ? undefined : [database]),
      phases: quick ? QUICK : FULL,
      record,
      ramp,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

/** @throws if a name is unknown */
function picked<T extends string>(
  what: string,
  all: readonly T[],
  names: readonly string[] = all,
): readonly T[] {
  const unknown = names.find((name) => !all.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`There is no ${what} "${unknown}".`);
  return all.filter((one) => names.includes(one));
}
