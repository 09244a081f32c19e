import type { Policy } from '../../key-form/key-policy.ts';

/** The sections of the settings in their order, and the parts of the policy that each has. */
export const SECTIONS = {
  general: ['name', 'externalId'],
  permissions: ['permissions'],
  access: ['expiresAt', 'allowedAddresses'],
  limits: ['limits', 'credits'],
  details: ['authorities', 'metadata'],
} as const satisfies Record<string, readonly (keyof Policy)[]>;

export type SectionId = `settings-${keyof typeof SECTIONS | 'danger'}`;

/** The id of a section's element, to which the summary links. */
export const sectionId = (name: keyof typeof SECTIONS | 'danger'): SectionId => `settings-${name}`;

/** The section that has a part of the policy. */
export const sectionOf = (part: keyof Policy): keyof typeof SECTIONS =>
  (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).find((name) =>
    (SECTIONS[name] as readonly (keyof Policy)[]).includes(part),
  ) ?? 'general';

/** Scrolls to a section and moves the focus there. @param id of its element */
export function openSection(id: string): void {
  document.getElementById(id)?.scrollIntoView({ block: 'start' });
  focusSection(id);
}

/** Moves the focus to a section. @param id of its element */
export function focusSection(id: string): void {
  const section = document.getElementById(id);
  section?.setAttribute('tabindex', '-1');
  section?.focus({ preventScroll: true });
}
