import { Badge, Button, Group, NativeSelect, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { outranks, ROLES, type Role } from '../../shared/roles.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { api, client } from '../service.ts';
import { refreshMe, useMay, useMe } from '../session/me.ts';
import { Ask } from '../shell/ask.tsx';
import { Failed } from '../shell/failed.tsx';
import { Loading } from '../shell/loading.tsx';
import { OneTimeLink } from './one-time-link.tsx';
import { teamTexts } from './texts.ts';

interface Member {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly joinedAt: string;
}

export function Members() {
  const texts = useTexts(teamTexts);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: api.members.list.infiniteQueryKey(),
    queryFn: ({ pageParam }) =>
      client.members.list.query({ limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  if (error) return <Failed error={error} again={refetch} />;
  if (!data) return <Loading />;
  return (
    <Stack component="section" gap="sm" aria-labelledby="members">
      <Title order={2} size="h4" id="members">
        {texts.members}
      </Title>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.member}</Table.Th>
              <Table.Th>{texts.role}</Table.Th>
              <Table.Th>{texts.joined}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.pages
              .flatMap(({ items }) => items)
              .map((member) => (
                <MemberRow key={member.userId} of={member} />
              ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.moreMembers}
        </Button>
      )}
    </Stack>
  );
}

function MemberRow({ of }: { readonly of: Member }) {
  const texts = useTexts(teamTexts);
  const { day } = useFormats();
  const me = useMe();
  const { role } = me.workspace;
  const isMe = me.user?.id === of.userId;
  const manages = useMay('members:write') && role !== null && !outranks(of.role, role);
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text className="theirs" dir="auto" fw={500}>
            {of.name}
          </Text>
          {isMe && <Badge variant="light">{texts.you}</Badge>}
          {of.disabled && <Badge color="gray">{texts.disabled}</Badge>}
        </Group>
        <Text size="sm" c="dimmed" className="theirs">
          {of.email}
        </Text>
      </Table.Td>
      <Table.Td>{manages && role ? <RoleSelect of={of} mine={role} /> : texts.roles[of.role]}</Table.Td>
      <Table.Td>{day(of.joinedAt)}</Table.Td>
      <Table.Td>
        {manages && !isMe && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <ResetLink of={of} />
            <Remove of={of} />
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** What changes members changes what is shown of them, and it may be oneself. */
function useMembersChanged() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries(api.members.list.pathFilter());
    await refreshMe();
  };
}

function RoleSelect({ of, mine }: { readonly of: Member; readonly mine: Role }) {
  const texts = useTexts(teamTexts);
  const change = useMutation(api.members.setRole.mutationOptions({ onSettled: useMembersChanged() }));
  const roles = ROLES.filter((role) => !outranks(role, mine));
  return (
    <>
      <NativeSelect
        aria-label={texts.roleOf(of.name)}
        data={roles.map((value) => ({ value, label: texts.roles[value] }))}
        value={change.isPending ? change.variables.role : of.role}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ userId: of.userId, role: event.currentTarget.value as Role })}
      />
      <Failed error={change.error} />
    </>
  );
}

function ResetLink({ of }: { readonly of: Member }) {
  const texts = useTexts(teamTexts);
  const { moment } = useFormats();
  const make = useMutation(api.auth.createReset.mutationOptions({ gcTime: 0 }));
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={texts.resetOf(of.name)}
        loading={make.isPending}
        onClick={() => make.mutate({ userId: of.userId })}
      >
        {texts.reset}
      </Button>
      <Failed error={make.error} />
      <OneTimeLink
        page="/reset"
        token={make.data?.token ?? null}
        title={texts.resetTitle}
        description={texts.resetMore(make.data ? moment(make.data.expiresAt) : '')}
        onClose={() => make.reset()}
      />
    </>
  );
}

function Remove({ of }: { readonly of: Member }) {
  const texts = useTexts(teamTexts);
  const [opened, setOpened] = useState(false);
  const changed = useMembersChanged();
  const remove = useMutation(api.members.remove.mutationOptions({ onSuccess: changed }));
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={texts.removeOf(of.name)}
        onClick={() => setOpened(true)}
      >
        {texts.remove}
      </Button>
      <Ask
        {...{ opened, onClose: () => setOpened(false), title: texts.removeTitle, act: texts.remove }}
        onAct={() => remove.mutate({ userId: of.userId })}
        waits={remove.isPending}
        error={remove.error}
      >
        {texts.removeMore(of.name)}
      </Ask>
    </>
  );
}
