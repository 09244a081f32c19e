import { z } from 'zod';
import { STEP_NAMES } from '../stores/usage-steps.ts';

/** Whole spans from the one that holds `from` to the one that ends at `to` or holds it. */
const RANGE = {
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  step: z.enum(STEP_NAMES),
};

export const UsageKeyInput = z.strictObject({
  /** Postgres keeps no NUL in a text. */
  id: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\0]*$/),
  ...RANGE,
});

export const UsageWorkspaceInput = z.strictObject({
  ...RANGE,
  /** How many of the keys that called most are named; ten without it. */
  top: z.int().min(0).max(100).optional(),
});

const COUNTS = { accepted: z.int(), refused: z.int() };

export const UsageOutput = z.object({
  /** Of the first point, and the end of the last. */
  from: z.string(),
  to: z.string(),
  step: z.enum(STEP_NAMES),
  ...COUNTS,
  /** One for each step, without a gap. */
  points: z.array(z.object({ at: z.string(), ...COUNTS })),
  /** `OK` and reasons, those of other versions too; the most first. */
  outcomes: z.array(z.object({ outcome: z.string(), count: z.int() })),
  /** The most called first, a hundred at most. */
  procedures: z.array(z.object({ procedure: z.string(), ...COUNTS })),
});
export type UsageOutput = z.infer<typeof UsageOutput>;

export const UsageWorkspaceOutput = UsageOutput.extend({
  /** The keys that called most; the name of one that was deleted is null. */
  keys: z.array(z.object({ id: z.string(), name: z.string().nullable(), ...COUNTS })),
});
export type BusyKey = z.infer<typeof UsageWorkspaceOutput>['keys'][number];
