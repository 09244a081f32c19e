import { Button, Checkbox, Group, NativeSelect, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, queryClient } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { ISSUERS } from '../sign-in/issuers.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { Section } from '../ui/page/section.tsx';
import { teamTexts } from './texts.ts';

interface Rule {
  readonly secondFactor: boolean;
  readonly issuer: string | null;
}

/** How members must sign in to this workspace, for its owners. */
export function RuleForSigningIn() {
  const texts = useTexts(teamTexts);
  const { data, error, refetch } = useQuery(api.workspaces.get.queryOptions());
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading rows={1} />;
  return (
    <Section isSplit title={texts.rule} description={texts.ruleMore}>
      <RuleForm key={JSON.stringify(data.signIn)} rule={data.signIn} />
    </Section>
  );
}

function RuleForm({ rule }: { readonly rule: Rule }) {
  const texts = useTexts(teamTexts);
  const [secondFactor, setSecondFactor] = useState(rule.secondFactor);
  const [issuer, setIssuer] = useState(rule.issuer ?? '');
  const save = useMutation(
    api.workspaces.update.mutationOptions({
      onSuccess: async () => {
        notifications.show({ message: texts.ruleSaved });
        await queryClient.invalidateQueries(api.workspaces.get.queryFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const signIn = { secondFactor, issuer: issuer === '' ? null : issuer };
    if (!save.isPending) save.mutate({ signIn });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Checkbox
          label={texts.ruleFactor}
          checked={secondFactor}
          onChange={(event) => setSecondFactor(event.currentTarget.checked)}
        />
        <NativeSelect
          label={texts.ruleIssuer}
          value={issuer}
          data={choices(texts.ruleAny, rule.issuer)}
          maw="22rem"
          onChange={(event) => setIssuer(event.currentTarget.value)}
        />
        <Failed error={save.error} />
        <Group>
          <Button type="submit" variant="default" loading={save.isPending}>
            {texts.ruleSave}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Any sign-in, and the configured providers; the current one too if it is no longer configured. */
function choices(any: string, current: string | null) {
  const known = ISSUERS.map(({ name, title }) => ({ value: name, label: title }));
  const isGone = current !== null && !known.some(({ value }) => value === current);
  return [{ value: '', label: any }, ...known, ...(isGone ? [{ value: current, label: current }] : [])];
}
