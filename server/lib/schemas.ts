import { z } from 'zod';

/** Schemas that several features share. Postgres cannot store NUL in a text. */
const NO_CONTROL = /^[^\p{Cc}]*$/u;

/** 1 to 100 characters, none of them a control character, and not all of them spaces. */
export const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(NO_CONTROL, 'must not hold control characters')
  .refine((text) => text.trim() !== '', 'must not be blank');

/** An e-mail address, converted to lowercase. */
export const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

/** An id, whatever its form. */
export const Id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^\0]*$/);

/** A token that was shown once. The schema takes any text: one that cannot be a token is simply not valid. */
export const LinkToken = z.string().min(1).max(200);
