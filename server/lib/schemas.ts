import { z } from 'zod';

/** What several features take, and take alike. Postgres keeps no NUL in a text. */
const NO_CONTROL = /^[^\p{Cc}]*$/u;

/** 1 to 100 characters, none of them a control character, and not all of them spaces. */
export const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(NO_CONTROL, 'must not hold control characters')
  .refine((text) => text.trim() !== '', 'must not be blank');

/** An e-mail address, in lowercase from here on. */
export const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

/** The id of something, whatever its form. */
export const Id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^\0]*$/);

/** A token that was shown once. Any text: one that could not be one is simply not good. */
export const LinkToken = z.string().min(1).max(200);
