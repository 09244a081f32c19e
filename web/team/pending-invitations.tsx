import { Button, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Role } from '../../shared/roles.ts';
import { api } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { KEEP_FRESH } from './keep-fresh.ts';
import { StackedLabel } from './stacked-label.tsx';
import styles from './team.module.css';
import { teamTexts } from './texts.ts';

/** The invitations that are not accepted yet. Each can be withdrawn. */
export function PendingInvitations() {
  const texts = useTexts(teamTexts);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(api.invitations.list.queryOptions(undefined, KEEP_FRESH));
  const revoke = useMutation(
    api.invitations.revoke.mutationOptions({
      onSettled: () => queries.invalidateQueries(api.invitations.list.queryFilter()),
    }),
  );
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading rows={1} />;
  if (data.items.length === 0) return <Text c="dimmed">{texts.noInvitations}</Text>;
  return (
    <>
      <Failed error={revoke.error ?? error} />
      <div className={styles['stacked']}>
        <Table verticalSpacing="sm" aria-label={texts.invitations}>
          <Head />
          <Table.Tbody>
            {data.items.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                invitation={invitation}
                isPending={revoke.isPending && revoke.variables.id === invitation.id}
                onWithdraw={() => revoke.mutate({ id: invitation.id })}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}

function Head() {
  const texts = useTexts(teamTexts);
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th>{texts.email}</Table.Th>
        <Table.Th>{texts.role}</Table.Th>
        <Table.Th>{texts.until}</Table.Th>
        <Table.Td />
      </Table.Tr>
    </Table.Thead>
  );
}

interface InvitationRowProps {
  readonly invitation: { readonly email: string; readonly role: Role; readonly expiresAt: string };
  readonly isPending: boolean;
  readonly onWithdraw: () => void;
}

function InvitationRow({
  invitation: { email, role, expiresAt },
  isPending,
  onWithdraw,
}: InvitationRowProps) {
  const texts = useTexts(teamTexts);
  const { dateTime } = useFormats();
  return (
    <Table.Tr>
      <Table.Td className="theirs">{email}</Table.Td>
      <Table.Td>{texts.roles[role]}</Table.Td>
      <Table.Td>
        <StackedLabel>{texts.until}</StackedLabel> {dateTime(expiresAt)}
      </Table.Td>
      <Table.Td ta={{ base: 'start', md: 'end' }}>
        <Button
          size="xs"
          variant="default"
          loading={isPending}
          onClick={onWithdraw}
          aria-label={texts.withdrawOf(email)}
        >
          {texts.withdraw}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
