import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { hasJsonInput, mayStream } from '../json-calls.ts';
import type { ApiRequest } from './api-request.ts';
import { checkForm, isForm } from './form-check.ts';

/**
 * The check of a request's inputs as a whole, before a call reads its own: of a batch, of JSON that tRPC itself parses, and of a form.
 * Null if the inputs need none. It refuses inputs that are too large or belong to no call, and a form that would take too long to
 * parse.
 */
export function inputCheckOf(request: ApiRequest): (() => MaybePromise<unknown>) | null {
  const { method, calls, contentType } = request;
  if (hasJsonInput(request)) {
    return calls.batch || (method === 'POST' && mayStream(request)) ? request.inputs : null;
  }
  return isForm(contentType)
    ? once(() => andThen(request.body(null), ({ bytes }) => checkForm(bytes, contentType)))
    : null;
}

/** Runs a check for the first call of a batch alone: the others have its outcome. */
function once(check: () => MaybePromise<void>): () => Promise<void> {
  let outcome: Promise<void> | undefined;
  return () => {
    outcome ??= Promise.resolve().then(check);
    return outcome;
  };
}
