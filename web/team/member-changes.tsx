import { Button, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { outranks, ROLES, type Role } from '../../shared/roles.ts';
import { api } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe } from '../session/me.ts';
import { ConfirmDialog } from '../ui/feedback/confirm-dialog.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import type { Member } from './member.ts';
import { OneTimeLink } from './one-time-link.tsx';
import styles from './team.module.css';
import { teamTexts } from './texts.ts';

/** Fetches the members again after a change, and the user's own role, which may have changed too. */
function useMembersChanged() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries(api.members.list.pathFilter());
    await refreshMe();
  };
}

/** What a member is called: not every account has a name. */
const nameOf = ({ name, email }: Member): string => name || email;

/** Roles that change members, and with them what others may do. */
const MANAGING: readonly Role[] = ['owner', 'admin'];

interface RoleSelectProps {
  readonly member: Member;
  readonly mine: Role;
  /** Whether the workspace has no other owner: then this one has to stay. */
  readonly isOnlyOwner: boolean;
  /** Whether it is the reader's own membership. */
  readonly isMe: boolean;
}

export function RoleSelect({ member, mine, isOnlyOwner, isMe }: RoleSelectProps) {
  const texts = useTexts(teamTexts);
  const [asked, setAsked] = useState<Role | null>(null);
  const close = () => setAsked(null);
  const change = useMutation(
    api.members.setRole.mutationOptions({ onSuccess: close, onSettled: useMembersChanged() }),
  );
  const setRole = (role: Role) => change.mutate({ userId: member.userId, role });
  const choose = (role: Role) => (isMe || MANAGING.includes(role) ? setAsked(role) : setRole(role));
  const roles = ROLES.filter((role) => !outranks(role, mine));
  return (
    <>
      <NativeSelect
        aria-label={texts.roleOf(nameOf(member))}
        data={roles.map((value) => ({ value, label: texts.roles[value] }))}
        value={change.isPending ? change.variables.role : member.role}
        disabled={change.isPending || isOnlyOwner}
        description={isOnlyOwner && texts.onlyOwner}
        inputWrapperOrder={['input', 'description']}
        className={styles['role'] ?? ''}
        onChange={(event) => choose(event.currentTarget.value as Role)}
      />
      <Failed error={asked ? null : change.error} />
      <ConfirmDialog
        opened={asked !== null}
        onClose={close}
        title={texts.roleTitle}
        act={texts.roleSet}
        onAct={() => asked && setRole(asked)}
        isPending={change.isPending}
        error={change.error}
      >
        {asked && <RoleQuestion member={member} role={asked} isMe={isMe} />}
      </ConfirmDialog>
    </>
  );
}

/** What a member may do with another role, and that the reader cannot take back their own loss. */
function RoleQuestion({
  member,
  role,
  isMe,
}: Pick<RoleSelectProps, 'member' | 'isMe'> & { readonly role: Role }) {
  const texts = useTexts(teamTexts);
  return (
    <Stack gap="xs">
      <Text>
        {isMe ? texts.roleMine(texts.roles[role]) : texts.roleAsk(nameOf(member), texts.roles[role])}
      </Text>
      <Text>{texts.may[role]}</Text>
    </Stack>
  );
}

export function ResetLink({ member }: { readonly member: Member }) {
  const texts = useTexts(teamTexts);
  const { dateTime } = useFormats();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  const make = useMutation(api.auth.createReset.mutationOptions({ onSuccess: close }));
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={texts.resetOf(nameOf(member))}
        onClick={() => setOpened(true)}
      >
        {texts.reset}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        title={texts.resetTitle}
        act={texts.resetMake}
        onAct={() => make.mutate({ userId: member.userId })}
        isPending={make.isPending}
        error={make.error}
      >
        {texts.resetAsk(nameOf(member))}
      </ConfirmDialog>
      <OneTimeLink
        page="/reset"
        token={make.data?.token ?? null}
        title={texts.resetTitle}
        description={texts.resetMore(make.data ? dateTime(make.data.expiresAt) : '')}
        onClose={() => make.reset()}
      />
    </>
  );
}

export function Remove({ member }: { readonly member: Member }) {
  const texts = useTexts(teamTexts);
  const [opened, setOpened] = useState(false);
  const changed = useMembersChanged();
  const remove = useMutation(api.members.remove.mutationOptions({ onSuccess: changed }));
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={texts.removeOf(nameOf(member))}
        onClick={() => setOpened(true)}
      >
        {texts.remove}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={texts.removeTitle}
        act={texts.remove}
        onAct={() => remove.mutate({ userId: member.userId })}
        isPending={remove.isPending}
        error={remove.error}
      >
        {texts.removeMore(nameOf(member))}
      </ConfirmDialog>
    </>
  );
}
