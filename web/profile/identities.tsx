import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { PasswordDialog, type Pending, type Proof } from '../step-up/proof-form.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Section } from '../ui/page/section.tsx';
import { profileTexts } from './texts.ts';

/** The identities with which the user signs in; nothing if the service knows no provider. */
export function LinkedIdentities() {
  const texts = useTexts(profileTexts);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(api.identities.list.queryOptions());
  const [pending, setPending] = useState<Pending | null>(null);
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data || (data.issuers.length === 0 && data.items.length === 0)) return null;
  const titleOf = (name: string | null, issuer: string) =>
    data.issuers.find((issuer) => issuer.name === name)?.title ?? issuer;
  const link = (issuer: string) => async (proof: Proof) => {
    const input = { issuer, ...proof, returnTo: '/profile', cookie: true };
    globalThis.location.assign((await client.identities.startLink.mutate(input)).url);
  };
  const unlink = (id: string) => async (proof: Proof) => {
    await client.identities.unlink.mutate({ id, ...proof });
    await queries.invalidateQueries(api.identities.list.queryFilter());
  };
  return (
    <Section isSplit title={texts.identities} description={texts.identitiesMore}>
      {data.items.map(({ id, issuer, name, lastUsedAt }) => (
        <LinkedIdentity
          key={id}
          title={titleOf(name, issuer)}
          lastUsedAt={lastUsedAt}
          onUnlink={() => setPending({ title: texts.unlinkOf(titleOf(name, issuer)), send: unlink(id) })}
        />
      ))}
      <Group>
        {data.issuers.map(({ name, title }) => (
          <Button
            key={name}
            variant="default"
            onClick={() => setPending({ title: texts.linkOf(title), send: link(name) })}
          >
            <bdi>{texts.linkOf(title)}</bdi>
          </Button>
        ))}
      </Group>
      {!data.hasPassword && <Text c="dimmed">{texts.noPassword}</Text>}
      {pending && <PasswordDialog {...pending} onClose={() => setPending(null)} />}
    </Section>
  );
}

interface LinkedIdentityProps {
  readonly title: string;
  readonly lastUsedAt: string | null;
  readonly onUnlink: () => void;
}

function LinkedIdentity({ title, lastUsedAt, onUnlink }: LinkedIdentityProps) {
  const texts = useTexts(profileTexts);
  const { fromNow } = useFormats();
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Stack gap={2}>
          <Text fw={500} className="theirs">
            <bdi>{title}</bdi>
          </Text>
          <Text size="sm" c="dimmed">
            {lastUsedAt ? texts.identityUsed(fromNow(lastUsedAt)) : texts.identityUnused}
          </Text>
        </Stack>
        <Button size="xs" variant="default" onClick={onUnlink} aria-label={texts.unlinkOf(title)}>
          {texts.unlink}
        </Button>
      </Group>
    </Card>
  );
}
