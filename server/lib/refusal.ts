import { TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';
import type { Fault } from '../../shared/form-rules.ts';
import type { Environment } from '../../shared/key-format.ts';
import { docsOf, TRPC_CODES } from '../../shared/refusal-form.ts';
import {
  REFUSALS,
  type Reason,
  type RefusalData,
  type RefusalDetails,
  type RefusalShape,
} from '../../shared/refusals.ts';

/** The API key that a refusal is counted under. */
interface RefusedKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly environment: Environment;
  readonly payer: FairnessPath;
}

/**
 * A call that is not admitted or not carried out, with the one reason that its caller sees.
 * @example
 * ```ts
 * import { Refusal } from 'keyseal';
 *
 * function addNote(notes: Map<string, string>, id: string, text: string): void {
 *   if (notes.has(id)) throw new Refusal('CONFLICT');
 *   notes.set(id, text);
 * }
 * ```
 */
export class Refusal extends TRPCError {
  override readonly name = 'Refusal';
  readonly reason: Reason;
  readonly details: RefusalDetails;
  /** The key whose bearer secret was verified before the refusal: it is counted under that key. */
  key: RefusedKey | null = null;

  /**
   * @param cause for the log only; the caller does not see it
   * @param message sent to the caller instead of the message of the reason
   */
  constructor(
    reason: Reason,
    details: RefusalDetails = {},
    cause?: unknown,
    message: string = REFUSALS[reason].message,
  ) {
    const { stackTraceLimit } = Error;
    // The reason identifies the origin of a refusal. Capturing the stack would cost more than everything else about
    // it.
    if (REFUSALS[reason].status < 500) Error.stackTraceLimit = 0;
    super({ code: TRPC_CODES[REFUSALS[reason].status], message, cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.reason = reason;
    this.details = details;
  }

  /** Sets the key that this refusal is counted under. @returns the refusal itself */
  attributeTo({ id, workspaceId, environment, payer }: RefusedKey): this {
    this.key = { id, workspaceId, environment, payer };
    return this;
  }

  get status(): number {
    return REFUSALS[this.reason].status;
  }
}

/** A cause that many refusals share: one that is not an Error would be wrapped in a new Error each time. It has no stack. */
export function sharedCause(message: string): Error {
  const cause = new Error(message);
  cause.stack = `Error: ${message}`;
  return cause;
}

/** The refusal of an input. @param path the property that is wrong; empty for the whole input */
export const inputRefusal = (path: string, message: string): Refusal =>
  new Refusal('INPUT_INVALID', { issues: [{ path, message }] });

/** The refusal of a request that breaks a request-format rule: `issues` names it. */
export const refusalOfFault = ({ reason, issue }: Fault, cause?: unknown): Refusal =>
  new Refusal(reason, { issues: [issue] }, cause);

/**
 * @param path the called procedure, as far as the target names one
 * @param origin the service's first public origin
 */
export function shapeOf(
  refusal: Refusal,
  path: string | undefined,
  requestId: string,
  origin: string,
): RefusalShape {
  const data: RefusalData = {
    code: refusal.code,
    httpStatus: refusal.status,
    ...(path === undefined ? {} : { path }),
    reason: refusal.reason,
    requestId,
    docs: docsOf(refusal.reason, origin),
    ...refusal.details,
  };
  return { message: refusal.message, code: TRPC_ERROR_CODES_BY_KEY[refusal.code], data };
}
