import { MAX_TIMER_MS } from '../calls/deadline.ts';

/** Milliseconds after which an unread response is cancelled, in addition to the time for the last chunk. */
const UNREAD_MS = 60_000;

/**
 * Returns the same response, and calls `onDone` when its body has been read, has failed or was cancelled, or when nothing
 * continues to read it. A runtime may drop a response unread: another middleware replaced it, or the caller has left. After
 * a minute without a read, longer after a large chunk, the guard cancels the stream, so that the handler no longer holds the
 * request's body for it. A handler that is slow to write loses nothing: its reader is waiting.
 * @param minRate bytes per second that a reader must take at least
 * @param onDone may be called more than once
 * @throws TypeError if the body was read before
 */
export function whenRead(response: Response, minRate: number, onDone: () => void): Response {
  if (!response.body) {
    onDone();
    return response;
  }
  return new Response(trackedStream(response.body.getReader(), minRate, onDone), response);
}

function trackedStream(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  minRate: number,
  onDone: () => void,
): ReadableStream<Uint8Array> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    clearTimeout(timer);
    onDone();
  };
  const waitForReader = (controller: ReadableStreamDefaultController<Uint8Array>, bytes: number) => {
    const giveUp = () => {
      end();
      controller.error(new Error('The response was not read.'));
      void reader.cancel().catch(() => {});
    };
    timer = setTimeout(giveUp, Math.min(UNREAD_MS + (bytes / minRate) * 1000, MAX_TIMER_MS));
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => waitForReader(controller, 0),
      pull: async (controller) => {
        clearTimeout(timer);
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            return waitForReader(controller, value.byteLength);
          }
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: async (reason) => {
        end();
        await reader.cancel(reason);
      },
    },
    // With a larger high-water mark the stream would pull a chunk before the first read.
    { highWaterMark: 0 },
  );
}
