import { Badge, Group, Table, Text } from '@mantine/core';
import { outranks } from '../../shared/roles.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMay, useMe } from '../session/me.ts';
import { Initial } from '../shell/initial.tsx';
import type { Member } from './member.ts';
import { Remove, ResetLink, RoleSelect } from './member-changes.tsx';
import { StackedLabel } from './stacked-label.tsx';
import styles from './team.module.css';
import { teamTexts } from './texts.ts';

interface MemberRowProps {
  readonly member: Member;
  readonly isOnlyOwner: boolean;
}

export function MemberRow({ member, isOnlyOwner }: MemberRowProps) {
  const texts = useTexts(teamTexts);
  const { dateTime, day } = useFormats();
  const me = useMe();
  const { role } = me.workspace;
  const isMe = me.user?.id === member.userId;
  const manages = useMay('members:write') && role !== null && !outranks(member.role, role);
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <Initial of={member.name || member.email} isUser />
          <div>
            <Group gap="xs">
              <Text className="theirs" dir="auto" fw={500} c="var(--ks-heading)">
                {member.name}
              </Text>
              {isMe && <Badge variant="light">{texts.you}</Badge>}
              {member.disabled && <Badge color="gray">{texts.disabled}</Badge>}
            </Group>
            <Text size="sm" c="dimmed" className="theirs">
              {member.email}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>
        {manages && role ? (
          <RoleSelect member={member} mine={role} isOnlyOwner={isOnlyOwner} isMe={isMe} />
        ) : (
          texts.roles[member.role]
        )}
      </Table.Td>
      <Table.Td>
        <StackedLabel>{texts.joined}</StackedLabel>{' '}
        <time dateTime={member.joinedAt} title={dateTime(member.joinedAt)}>
          {day(member.joinedAt)}
        </time>
      </Table.Td>
      <Table.Td>
        {manages && !isMe && (
          <Group gap="xs" wrap="nowrap" className={styles['changes']}>
            <ResetLink member={member} />
            <Remove member={member} />
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
