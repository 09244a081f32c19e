/** The first segments of the console's paths: the service serves the same page for each, whose script routes by the path. */
export const CONSOLE_PATHS = [
  'sign-in',
  'sign-up',
  'reset',
  'invitation',
  'keys',
  'playground',
  'security',
  'docs',
  'usage',
  'requests',
  'team',
  'workspace',
  'audit',
  'profile',
  'sessions',
] as const;
