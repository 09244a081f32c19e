/** Shows the progress of a command on the terminal. */
export interface Progress {
  /** Shows the progress. Neither number ever decreases. */
  readonly update: (done: number, total: number) => void;
  /** Call it once the task has ended, whether or not it failed. */
  readonly end: () => void;
}

const WIDTH = 30;

/** A line that grows on a terminal; nothing elsewhere. */
function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update: () => {}, end: () => {} };
  let begun = false;
  return {
    update: (done, total) => {
      begun = true;
      const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH);
      stream.write(`\r${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${done} of ${total}`);
    },
    end: () => {
      if (begun) stream.write('\n');
    },
  };
}

/** Runs a task and shows its progress on stderr. */
export async function withProgress<T>(work: (update: Progress['update']) => Promise<T>): Promise<T> {
  const { update, end } = progressOn(process.stderr);
  try {
    return await work(update);
  } finally {
    end();
  }
}
