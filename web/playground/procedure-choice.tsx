import { Anchor, Badge, Code, Group, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ACCESS_LABELS } from '../../shared/procedure-docs/access-labels.ts';
import { API_PAGE } from '../../shared/refusal-form.ts';
import { BASE_PATH } from '../api/browser-session.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import classes from './call-form.module.css';
import { useWhatItDoes } from './document.ts';
import { byTag, type Procedure } from './procedures.ts';
import { playgroundTexts } from './texts.ts';

interface ProcedureChoiceProps {
  readonly procedures: readonly Procedure[];
  readonly chosen: Procedure;
  readonly onChoose: (name: string) => void;
}

/** The first line of a call: its method, and the choice of its procedure. Its button follows in the form. */
export function ProcedureChoice({ procedures, chosen, onChoose }: ProcedureChoiceProps) {
  const texts = useTexts(playgroundTexts);
  const language = useLanguage();
  const { method, name } = chosen;
  const groups = byTag(procedures).map(([group, members]) => ({
    group,
    items: members.map((procedure) => procedure.name),
  }));
  return (
    <div className={classes['line']}>
      <Badge size="lg" variant="light" color="gray" ff="monospace" className={classes['method'] ?? ''}>
        {method}
      </Badge>
      <Select
        aria-label={texts.procedure}
        data={groups}
        value={name}
        onChange={(wanted) => wanted !== null && onChoose(wanted)}
        allowDeselect={false}
        searchable
        nothingFoundMessage={texts.noProcedure}
        maxDropdownHeight={360}
        className={classes['procedure'] ?? ''}
      />
      <Anchor
        href={`${BASE_PATH}${API_PAGE}?lang=${language}#${encodeURIComponent(name)}`}
        size="sm"
        truncate
        className={classes['path'] ?? ''}
      >
        /api/{name}
      </Anchor>
    </div>
  );
}

/** What the procedure does, who may call it, and whether a call changes anything. */
export function AboutProcedure({ procedure }: { readonly procedure: Procedure }) {
  const texts = useTexts(playgroundTexts);
  const language = useLanguage();
  const { text, language: written } = useWhatItDoes(procedure);
  const { access, permission, isLive, method } = procedure;
  return (
    <Stack gap={6} className={classes['about'] ?? ''}>
      <Text lang={written}>
        <ErrorHelpText text={text} />
      </Text>
      <Group gap="4px 16px" c="dimmed" fz="sm">
        {permission !== null && (
          <span>
            {texts.permission} <Code>{permission}</Code>
          </span>
        )}
        <span>
          {texts.who} · <ErrorHelpText text={ACCESS_LABELS[language][isLive ? 'live' : access]} />
        </span>
        {method === 'GET' ? (
          <span>{texts.query}</span>
        ) : (
          <Group gap={4} c="var(--ks-test)" component="span">
            <IconAlertTriangle size={14} aria-hidden />
            {texts.mutation}
          </Group>
        )}
      </Group>
    </Stack>
  );
}
