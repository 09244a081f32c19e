import { getPriority, setPriority } from 'node:os';
import { answerBenchmark } from '../processes/child.ts';
import { floodOf } from './floods.ts';
import { Tally } from './outcomes.ts';
import { settingOf } from './setting.ts';

/** The progress of a flood. */
export interface Flooded {
  readonly sent: number;
  readonly outcomes: Tally['outcomes'];
}

// An attacker has other machines: on this one, the service and its honest callers come first.
setPriority(Math.min(19, getPriority() + 5));

/** A flood in its own process: begins with the first message, and ends with the second. */
const { flood, ...target } = settingOf();
const tally = new Tally();
const stopping = new AbortController();
let flooding: Promise<void> | undefined;

answerBenchmark<'begin' | 'end'>({}, async (message) => {
  if (message === 'begin') {
    flooding = floodOf(flood).send(target, tally, stopping.signal);
    return {};
  }
  stopping.abort();
  await flooding;
  return { sent: tally.sent, outcomes: tally.outcomes } satisfies Flooded;
});
