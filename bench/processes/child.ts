// From the first moment, while what it needs is still being made: where the benchmark is gone, so are its processes.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();

/** Says to the benchmark that this process is ready, then answers each message. An answer that fails ends it. */
export function answerBenchmark<M>(ready: object, answer: (message: M) => object | Promise<object>): void {
  process.on('message', (message) => {
    void Promise.resolve(answer(message as M)).then((said) => process.send?.(said));
  });
  process.send?.(ready);
}
