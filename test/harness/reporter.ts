import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node';
import { coverageByRoom } from './room-coverage.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface Ran {
  readonly projects: Map<string, Count>;
  /** How many tests were skipped for each reason. */
  readonly reasons: Map<string, number>;
  /** What failed other than tests, hooks and files. */
  outside: number;
}

/**
 * Ends the output of a run with the coverage of each room, if it was measured, what ran on which database, why tests were skipped,
 * and one plain last line,
 * `N passed, N failed, N skipped`, for programs that read the output. What broke outside of a test counts as failed.
 */
export default class PlainReporter implements Reporter {
  private ran: Ran = { projects: new Map(), reasons: new Map(), outside: 0 };
  private root = '';
  private coverage: readonly string[] = [];

  onInit(vitest: Vitest): void {
    this.root = vitest.config.root;
    // At the exit, since what is torn down after the last test may have something to say too.
    if (!vitest.config.watch) process.once('exit', (status) => this.print(status));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.ran = { projects: new Map(), reasons: new Map(), outside: unhandled.length };
    for (const module of modules) this.add(module);
    // Vitest lets a run pass in which every test was skipped. `test:changed` may find nothing to run.
    if (modules.length > 0 && totalOf(this.ran).passed === 0) process.exitCode ||= 1;
  }

  onCoverage(coverage: unknown): void {
    this.coverage = coverageByRoom(coverage, this.root);
  }

  private add(module: TestModule): void {
    const { projects, reasons } = this.ran;
    const project = module.project.name;
    const count = projects.get(project) ?? { passed: 0, failed: 0, skipped: 0 };
    for (const test of module.children.allTests()) {
      count[outcome(test)] += 1;
      if (outcome(test) !== 'skipped') continue;
      const reason = `${project}: ${reasonOf(test)}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    count.failed += brokenSuites(module);
    projects.set(project, count);
  }

  private print(status: number): void {
    // A set-up that fails is in no list of errors, and neither is a run without a test.
    if (status !== 0 && totalOf(this.ran).failed === 0) this.ran.outside += 1;
    process.stdout.write(`\n${[...this.coverage, ...lines(this.ran)].join('\n')}\n`);
  }
}

function lines(ran: Ran): string[] {
  // Other words than the total's, so that no pattern that looks for the total finds one of these.
  const perProject = [...ran.projects].sort().map(([name, { passed, failed, skipped }]) => {
    const tests = `${passed + failed} tests ran`;
    return `${name}: ${tests}, of which passed ${passed} and failed ${failed}; left out ${skipped}`;
  });
  const perReason = [...ran.reasons].map(([reason, tests]) => `left out on ${reason} (${tests})`);
  const total = totalOf(ran);
  return [
    ...perProject,
    ...perReason,
    ...(ran.outside > 0 ? [`failed outside of any test: ${ran.outside}`] : []),
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
  ];
}

function totalOf({ projects, outside }: Ran): Count {
  const total = { passed: 0, failed: outside, skipped: 0 };
  for (const count of projects.values()) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  return total;
}

/** A test that never got to an end is none that passed. */
function outcome(test: TestCase): keyof Count {
  const { state } = test.result();
  return state === 'pending' ? 'skipped' : state;
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  const known = test.meta().skipReason ?? test.module.meta().skipReason;
  if (known !== undefined) return known;
  if (result.state === 'pending') return 'the run ended before it';
  return (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given';
}

/** Files and suites that failed by themselves: a syntax error, a hook that threw. */
function brokenSuites(module: TestModule): number {
  const suites = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}
