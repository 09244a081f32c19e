import { Button, NativeSelect } from '@mantine/core';
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

interface RoleSelectProps {
  readonly member: Member;
  readonly mine: Role;
  /** Whether the workspace has no other owner: then this one has to stay. */
  readonly isOnlyOwner: boolean;
}

export function RoleSelect({ member, mine, isOnlyOwner }: RoleSelectProps) {
  const texts = useTexts(teamTexts);
  const change = useMutation(api.members.setRole.mutationOptions({ onSettled: useMembersChanged() }));
  const roles = ROLES.filter((role) => !outranks(role, mine));
  return (
    <>
      <NativeSelect
        aria-label={texts.roleOf(member.name)}
        data={roles.map((value) => ({ value, label: texts.roles[value] }))}
        value={change.isPending ? change.variables.role : member.role}
        disabled={change.isPending || isOnlyOwner}
        description={isOnlyOwner && texts.onlyOwner}
        inputWrapperOrder={['input', 'description']}
        className={styles['role'] ?? ''}
        onChange={(event) =>
          change.mutate({ userId: member.userId, role: event.currentTarget.value as Role })
        }
      />
      <Failed error={change.error} />
    </>
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
        aria-label={texts.resetOf(member.name)}
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
        {texts.resetAsk(member.name)}
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
        aria-label={texts.removeOf(member.name)}
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
        {texts.removeMore(member.name)}
      </ConfirmDialog>
    </>
  );
}
