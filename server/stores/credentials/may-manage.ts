import { outranks, type Role, roleHolds } from '../../../shared/roles.ts';

/** A person's membership of a workspace. */
export interface Membership {
  readonly userId: string;
  readonly role: Role;
  readonly disabled: boolean;
}

/** Whether a member may still invite or remove members with this role. */
export function mayManage(manager: Membership | null, role: Role): boolean {
  return (
    manager !== null &&
    !manager.disabled &&
    roleHolds(manager.role, 'members:write') &&
    !outranks(role, manager.role)
  );
}
