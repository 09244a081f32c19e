import { outranks, type Role, roleHolds } from '../../../shared/roles.ts';

/** Somebody who belongs to a workspace. */
export interface Membership {
  readonly userId: string;
  readonly role: Role;
  readonly disabled: boolean;
}

/** Whether somebody who stands so may still let others in, or take them out, with this role. */
export function mayManage(manager: Membership | null, role: Role): boolean {
  return (
    manager !== null &&
    !manager.disabled &&
    roleHolds(manager.role, 'members:write') &&
    !outranks(role, manager.role)
  );
}
