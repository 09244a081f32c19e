import { answerBenchmark } from '../processes/child.ts';
import { guardedCallers, honestCallers } from './callers.ts';
import { OpenLoop } from './open-loop.ts';
import { settingOf } from './setting.ts';

/** Honest callers in a separate process, which call on request. */
const { port, authority, participants, at } = settingOf();
const callers = at === 'guard' ? guardedCallers(participants) : await honestCallers(authority, participants);
const loop = new OpenLoop(port, callers);
answerBenchmark<{ seconds: number }>({}, ({ seconds }) => loop.run(seconds));
