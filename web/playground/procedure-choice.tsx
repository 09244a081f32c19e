import { Anchor, Code, Group, Select, Stack, Text } from '@mantine/core';
import { ACCESS_LABELS } from '../../shared/procedure-docs/access-labels.ts';
import { API_PAGE } from '../../shared/refusal-form.ts';
import { BASE_PATH } from '../api/browser-session.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import { useWhatItDoes } from './document.ts';
import { byTag, type Procedure } from './procedures.ts';
import { playgroundTexts } from './texts.ts';

interface ProcedureChoiceProps {
  readonly procedures: readonly Procedure[];
  readonly chosen: Procedure;
  readonly onChoose: (name: string) => void;
}

/** The choice of the procedure, with what it does and who may call it. */
export function ProcedureChoice({ procedures, chosen, onChoose }: ProcedureChoiceProps) {
  const texts = useTexts(playgroundTexts);
  const language = useLanguage();
  const { text, language: written } = useWhatItDoes(chosen);
  const { access, permission, isLive, method, name } = chosen;
  const groups = byTag(procedures).map(([group, members]) => ({
    group,
    items: members.map((procedure) => procedure.name),
  }));
  return (
    <Stack gap="xs">
      <Select
        label={texts.procedure}
        data={groups}
        value={name}
        onChange={(wanted) => wanted !== null && onChoose(wanted)}
        allowDeselect={false}
        searchable
        nothingFoundMessage={texts.noProcedure}
        maxDropdownHeight={360}
        maw="28rem"
      />
      <Text size="sm" lang={written}>
        <ErrorHelpText text={text} />
      </Text>
      <Group gap="xs">
        <Anchor href={`${BASE_PATH}${API_PAGE}?lang=${language}#${encodeURIComponent(name)}`} size="sm">
          {method} /api/{name}
        </Anchor>
        {permission !== null && (
          <Text size="sm">
            {texts.permission} <Code>{permission}</Code>
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {texts.who} · <ErrorHelpText text={ACCESS_LABELS[language][isLive ? 'live' : access]} />
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {method === 'GET' ? texts.query : texts.mutation}
      </Text>
    </Stack>
  );
}
