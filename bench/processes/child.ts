// Registered first, while the process is still setting up: if the benchmark ends, so must its processes.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();

/**
 * Reports to the benchmark that this process is ready, then answers each message. A failure to do so ends the
 * process.
 */
export function answerBenchmark<M>(ready: object, answer: (message: M) => object | Promise<object>): void {
  process.on('message', (message) => {
    void Promise.resolve(answer(message as M)).then((said) => process.send?.(said));
  });
  process.send?.(ready);
}
