import type { Policy } from '../../key-form/key-policy.ts';

/** The sections of the settings in their order, and the parts of the policy that each has. */
export const SECTIONS = {
  general: ['name', 'externalId'],
  permissions: ['permissions'],
  access: ['expiresAt', 'allowedAddresses'],
  limits: ['limits', 'credits'],
  details: ['authorities', 'metadata'],
} as const satisfies Record<string, readonly (keyof Policy)[]>;

/** The id of a section's element, to which the summary links. */
export const sectionId = (name: keyof typeof SECTIONS | 'danger'): string => `settings-${name}`;
