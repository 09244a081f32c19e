import { z } from 'zod';

const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

/** 12 characters to 1,024 bytes of UTF-8, whatever they are: nothing is cut, nothing is folded. */
const Password = z
  .string()
  .refine((text) => [...text].length >= 12, 'must have at least 12 characters')
  .refine((text) => Buffer.byteLength(text) <= 1024, 'must have at most 1024 bytes');

const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');

export const SignUpInput = z.strictObject({
  email: Email,
  password: Password,
  name: Name.optional(),
  setupToken: z.string().max(200).optional(),
  /** True in a browser: the refresh token goes into a cookie instead of the answer. */
  cookie: z.boolean().optional(),
});
export type SignUpInput = z.infer<typeof SignUpInput>;

export const SignInInput = z.strictObject({
  email: Email,
  /** Any text: a password that could not be one is simply wrong. */
  password: z.string().max(1024),
  cookie: z.boolean().optional(),
});
export type SignInInput = z.infer<typeof SignInInput>;

export const RefreshInput = z
  .strictObject({ refreshToken: z.string().min(1).max(500).optional() })
  .optional();

const User = z.object({ id: z.string(), email: z.string(), name: z.string(), createdAt: z.string() });

/** `refreshToken` is null where it went into a cookie. */
const Refreshed = z.object({
  id: z.string(),
  accessToken: z.string(),
  accessTokenExpiresAt: z.string(),
  refreshToken: z.string().nullable(),
});

/** A session as it begins: its signing secret is given here and never again. */
const Session = Refreshed.extend({ signingSecret: z.string() });

export const SignedIn = z.object({ user: User, session: Session });
export const RefreshOutput = z.object({ session: Refreshed });
