import { Button, Card, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { KeysealRefusal } from '../../client/refusal.ts';
import { api, client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { Section } from '../ui/section.tsx';
import { shellTexts } from '../ui/texts.ts';
import { profileTexts } from './texts.ts';

/** What a person proves themselves with. */
export interface Proof {
  readonly password: string;
  /** Of the second factor, if the account has one. */
  readonly code?: string;
}

/** What a person confirms with the password and, if the account has a second factor, a code. */
export interface Pending {
  readonly title: string;
  readonly send: (proof: Proof) => Promise<unknown>;
}

/** The identities with which the person signs in; nothing if the service knows no provider. */
export function LinkedIdentities() {
  const texts = useTexts(profileTexts);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(api.identities.list.queryOptions());
  const [pending, setPending] = useState<Pending | null>(null);
  if (error) return <Failed error={error} again={refetch} />;
  if (!data || (data.issuers.length === 0 && data.items.length === 0)) return null;
  const titleOf = (name: string | null, issuer: string) =>
    data.issuers.find((one) => one.name === name)?.title ?? issuer;
  const link = (issuer: string) => async (proof: Proof) => {
    const input = { issuer, ...proof, returnTo: '/profile', cookie: true };
    globalThis.location.assign((await client.identities.startLink.mutate(input)).url);
  };
  const unlink = (id: string) => async (proof: Proof) => {
    await client.identities.unlink.mutate({ id, ...proof });
    await queries.invalidateQueries(api.identities.list.queryFilter());
  };
  return (
    <Section title={texts.identities} description={texts.identitiesMore}>
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

/** An identity opens the account as the password does: changing one takes the password and a code of the second factor. */
export function PasswordDialog({ title, send, onClose }: Pending & { readonly onClose: () => void }) {
  const texts = useTexts(profileTexts);
  const { close } = useTexts(shellTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [waits, setWaits] = useState(false);
  const { data: factor } = useQuery(api.secondFactor.get.queryOptions());
  const takesCode = Boolean(factor?.confirmedAt);
  const wrong = failed instanceof KeysealRefusal && failed.reason === 'CREDENTIALS_INVALID';
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (waits) return;
    setWaits(true);
    try {
      const fields = new FormData(event.currentTarget);
      const password = String(fields.get('current-password'));
      await send({ password, ...(takesCode ? { code: String(fields.get('code')) } : {}) });
      onClose();
    } catch (error) {
      setFailed(error);
      setWaits(false);
    }
  };
  return (
    <Modal opened title={title} onClose={onClose} closeButtonProps={{ 'aria-label': close }}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <PasswordInput
            {...{ label: texts.current, name: 'current-password', autoComplete: 'current-password' }}
            error={wrong && !takesCode ? texts.currentWrong : undefined}
            data-autofocus
          />
          {takesCode && (
            <TextInput
              {...{ label: texts.proofCode, name: 'code', autoComplete: 'one-time-code', maxLength: 64 }}
              {...{ autoCapitalize: 'off', spellCheck: false }}
              error={wrong ? texts.proofWrong : undefined}
            />
          )}
          <Failed error={wrong ? null : failed} />
          <Button type="submit" loading={waits}>
            {title}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
