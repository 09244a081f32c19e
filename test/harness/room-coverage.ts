import { relative } from 'node:path';

/** What of Istanbul's coverage is read. */
interface Coverage {
  files(): string[];
  fileCoverageFor(path: string): { toSummary(): Readonly<Record<Metric, Share>> };
}

const METRICS = ['lines', 'branches', 'functions'] as const;
type Metric = (typeof METRICS)[number];
interface Share {
  readonly total: number;
  readonly covered: number;
}

/** The rooms whose coverage is shown: `coverage.include` of `vitest.config.ts`. */
const ROOMS = ['server/gate', 'shared'] as const;

/** A line for each room, such as `coverage of shared: lines 98.2 %, branches 95.1 %, functions 99 %`. */
export function coverageByRoom(coverage: unknown, root: string): string[] {
  const map = coverage as Coverage;
  return ROOMS.flatMap((room) => {
    const files = map
      .files()
      .filter((path) => relative(root, path).replaceAll('\\', '/').startsWith(`${room}/`));
    if (files.length === 0) return [];
    const summaries = files.map((path) => map.fileCoverageFor(path).toSummary());
    const shares = METRICS.map(
      (metric) => `${metric} ${percentOf(summaries.map((summary) => summary[metric]))} %`,
    );
    return [`coverage of ${room}: ${shares.join(', ')}`];
  });
}

/** To one decimal, rounded down: only what is whole is 100. */
function percentOf(shares: readonly Share[]): number {
  const sum = (member: keyof Share) => shares.reduce((all, share) => all + share[member], 0);
  return sum('total') === 0 ? 100 : Math.floor((1000 * sum('covered')) / sum('total')) / 10;
}
