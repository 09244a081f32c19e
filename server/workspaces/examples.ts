import { EXAMPLE_AT, EXAMPLE_USER, EXAMPLE_WORKSPACE_ID } from '../lib/example-values.ts';

export const EXAMPLE_WORKSPACE = {
  id: EXAMPLE_WORKSPACE_ID,
  name: 'Example Company',
  createdAt: EXAMPLE_AT,
  role: 'owner',
  active: true,
};

/** What the deletion of the workspace would remove. */
export const EXAMPLE_CONTENTS = { members: 3, keys: 12, serviceKeys: 2, invitations: 1 };

export const EXAMPLE_MEMBER = {
  userId: 'usr_5Tn4RwZc7pKs',
  email: 'grace@example.com',
  name: 'Grace',
  role: 'developer',
  disabled: false,
  joinedAt: EXAMPLE_AT,
};

export const EXAMPLE_INVITATION = {
  id: 'inv_9Gd3KpWs6uEy',
  email: 'grace@example.com',
  role: 'developer',
  invitedBy: EXAMPLE_USER.id,
  createdAt: EXAMPLE_AT,
  expiresAt: '2026-12-02T09:30:00.000Z',
};

export const EXAMPLE_INVITATION_TOKEN = 'an-opaque-invitation-token-that-works-once';
