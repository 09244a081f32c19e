/** What the paths of the console's pages begin with: the service answers its page for each, and a script looks at which. */
export const CONSOLE_PATHS = [
  'sign-in',
  'sign-up',
  'reset',
  'invitation',
  'keys',
  'playground',
  'security',
  'usage',
  'team',
  'audit',
  'profile',
  'sessions',
] as const;
