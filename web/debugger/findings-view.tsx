import { Alert, Group, List, Stack, Text, Title } from '@mantine/core';
import type { ComponentProps } from 'react';
import { isStandardBase } from '../../client/signing/compare-signature-bases.ts';
import { useTexts } from '../language/language.ts';
import { SignatureSeal } from '../ui/signature/signature-seal.tsx';
import { BaseLines } from './base-lines.tsx';
import type { Findings } from './findings.ts';
import { debuggerTexts } from './texts.ts';

type Texts = typeof debuggerTexts.en;

/** The findings in words, and the ten lines. */
export function FindingsView({ found }: { readonly found: Findings }) {
  const texts = useTexts(debuggerTexts);
  const { base, expected, differences, problems, missing, noForm } = found;
  const notes = Object.fromEntries([
    ...Object.entries(differences).map(([line, difference]) => [
      line,
      <Note key={line}>{texts.why[difference]}</Note>,
    ]),
    ...noForm.map((line) => [line, <Note key={line}>{`${texts.noForm} ${line}.`}</Note>]),
  ]);
  return (
    <Stack>
      <Title order={2} size="h4">
        {texts.result}
      </Title>
      <Group gap="lg" wrap="nowrap" align="flex-start">
        <SignatureSeal {...sealOf(found)} size={88} />
        <Alert color={isGood(found) ? 'seal' : 'yellow'} flex={1}>
          <Stack gap="xs">
            {verdictsOf(found, texts).map((verdict) => (
              <Text key={verdict} size="sm" fw={600}>
                {verdict}
              </Text>
            ))}
            {missing.length > 0 && (
              <Text size="sm" fw={600}>
                {texts.missing} {missing.map((name) => `"${name}"`).join(', ')}
              </Text>
            )}
            {problems.length > 0 && (
              <List size="sm">
                {problems.map((problem) => (
                  <List.Item key={problem}>{texts.why[problem]}</List.Item>
                ))}
              </List>
            )}
          </Stack>
        </Alert>
      </Group>
      <BaseLines
        base={base}
        notes={notes}
        {...(expected === null ? {} : { other: { base: expected, named: [texts.yours, texts.expected] } })}
      />
    </Stack>
  );
}

function Note({ children }: { readonly children: string }) {
  return (
    <Text size="sm" fw={600}>
      {children}
    </Text>
  );
}

const isGood = ({ problems, missing, differences, noForm, mistake }: Findings): boolean =>
  problems.length + missing.length + noForm.length + Object.keys(differences).length === 0 &&
  (mistake === undefined || mistake === 'right');

/** Closed if the signature is right; cracked at the first line that is wrong; open while it is undecided. */
function sealOf(found: Findings): ComponentProps<typeof SignatureSeal> {
  const lines = [...Object.keys(found.differences).map(Number), ...found.noForm];
  if (lines.length > 0) return { state: 'refused', line: Math.min(...lines) };
  if (found.mistake === 'right') return { state: 'accepted' };
  return { state: found.mistake === undefined ? 'open' : 'refused' };
}

/** The summary: of the lines, and of the signature if the secret is known. */
function verdictsOf(found: Findings, texts: Texts): string[] {
  const { mistake } = found;
  const ofLines = LINE_VERDICTS[found.kind](found, texts);
  if (mistake === undefined) return ofLines;
  if (mistake === null) return [...ofLines, texts.verdicts.unknown];
  return mistake === 'right'
    ? [texts.verdicts.right]
    : [...ofLines, texts.verdicts.found, texts.why[mistake]];
}

const LINE_VERDICTS: Readonly<Record<Findings['kind'], (found: Findings, texts: Texts) => string[]>> = {
  built: ({ mistake }, { verdicts }) => (mistake === undefined ? [verdicts.built] : []),
  alone: ({ noForm, problems }, { verdicts, noForm: text }) => {
    if (noForm.length > 0) return [`${text} ${noForm.join(', ')}.`];
    return problems.length > 0 ? [] : [verdicts.form];
  },
  compared: ({ differences, problems, base, expected }, { verdicts, names }) => {
    const isStandard = isStandardBase(expected ?? '');
    const nameOf = (line: number) => {
      const [text = ''] = [base.split('\n')[line - 1] || expected?.split('\n')[line - 1]];
      return isStandard ? (text.split(':', 1)[0] ?? '') : names[line - 1];
    };
    const lines = Object.keys(differences).map((line) => `${line}, ${nameOf(Number(line))}`);
    if (lines.length > 0)
      return [`${lines.length === 1 ? verdicts.one : verdicts.many} ${lines.join(' · ')}`];
    return problems.length > 0 ? [] : [verdicts.alike];
  },
};
