import { z } from 'zod';
import { ONE_LINE } from '../../shared/one-line.ts';

/** Schemas that several features share. */

/**
 * Strings that Postgres stores unchanged. It cannot store NUL, and an unpaired surrogate (half of a character in UTF-16) would
 * become U+FFFD on the way, so that two different strings would be stored as one.
 */
const WELL_FORMED = /^[^\0\p{Cs}]*$/u;
/** A string that is stored, looked up or compared. Every string that a caller sends has this schema or a narrower one. */
export const Text = z.string().regex(WELL_FORMED, 'must not contain NUL or an unpaired surrogate');

/** A string that is hashed. It must not contain an unpaired surrogate: all of them would have the same bytes. */
export const SecretText = z.string().regex(/^\P{Cs}*$/u, 'must not contain an unpaired surrogate');

/** A string that people read as one line. */
export const LineOfText = z
  .string()
  .regex(ONE_LINE, 'must not contain control characters, direction overrides or unpaired surrogates');

/** 1 to 100 characters on one line, not all of them spaces. */
export const Name = LineOfText.min(1)
  .max(100)
  .refine((text) => text.trim() !== '', 'must not be blank');

/** An e-mail address, converted to lowercase. */
export const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

/** An id of any kind. */
export const Id = Text.min(1).max(64);

/** A token that was shown once. The schema accepts any string: one that cannot be a token is simply not valid. */
export const LinkToken = Text.min(1).max(200);

/** The position at which the next page of a list begins. */
export const Cursor = Text.max(500);
