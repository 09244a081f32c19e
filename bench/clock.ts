let [start = Date.now(), speed = 1] = process.env['BENCH_CLOCK']?.split(' ').map(Number) ?? [];

/** The time of the benchmark, for the service and for whoever signs, in milliseconds. */
export const benchClock = (): number => Math.floor(start + (Date.now() - start) * speed);

/** Lets time run faster, here and in servers started from now on, so that minutes pass within the run. */
export function hasten(times: number): void {
  start = Date.now();
  speed = times;
  process.env['BENCH_CLOCK'] = `${start} ${speed}`;
}
