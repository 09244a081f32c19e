import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { addPasskey } from '../passkeys/add-passkey.ts';
import { isAuthenticatorError } from '../passkeys/ceremony.ts';
import { PASSKEYS_WORK } from '../passkeys/support.ts';
import { nameOfAgent } from '../sessions/agent.ts';
import { PasswordDialog, type Pending, type Proof } from '../step-up/proof-form.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Section } from '../ui/page/section.tsx';
import { type PasskeyView, RenamePasskey } from './rename-passkey.tsx';
import { profileTexts } from './texts.ts';

/** The passkeys of the user's account: add, rename, remove. */
export function PasskeysSection() {
  const texts = useTexts(profileTexts);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(api.passkeys.list.queryOptions());
  const [pending, setPending] = useState<Pending | null>(null);
  const [renamed, setRenamed] = useState<PasskeyView | null>(null);
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return null;
  const refresh = () => queries.invalidateQueries(api.passkeys.list.queryFilter());
  const remove = (id: string) => async (proof: Proof) => {
    await client.passkeys.remove.mutate({ id, ...proof });
    await refresh();
  };
  const added = (passkey: PasskeyView) => {
    setRenamed(passkey);
    return refresh();
  };
  return (
    <Section isSplit title={texts.passkeys} description={texts.passkeysMore}>
      {data.items.map((passkey) => (
        <PasskeyCard
          key={passkey.id}
          passkey={passkey}
          onRename={() => setRenamed(passkey)}
          onRemove={() =>
            setPending({ title: texts.passkeyRemoveOf(passkey.name), send: remove(passkey.id) })
          }
        />
      ))}
      <AddPasskey ask={setPending} added={added} />
      {pending && <PasswordDialog {...pending} onClose={() => setPending(null)} />}
      {renamed && <RenamePasskey passkey={renamed} renamed={refresh} onClose={() => setRenamed(null)} />}
    </Section>
  );
}

interface AddPasskeyProps {
  /** Asks for the password and, if the account has a second factor, a code. */
  readonly ask: (pending: Pending) => void;
  readonly added: (passkey: PasskeyView) => Promise<unknown>;
}

/** A button that adds a passkey, or why there is none. */
function AddPasskey({ ask, added }: AddPasskeyProps) {
  const texts = useTexts(profileTexts);
  const { data: identities } = useQuery(api.identities.list.queryOptions());
  const [isCancelled, setIsCancelled] = useState(false);
  const add = async (proof: Proof) => {
    setIsCancelled(false);
    try {
      await added(await addPasskey(proof, nameOfAgent(navigator.userAgent) ?? texts.passkey));
    } catch (error) {
      if (!isAuthenticatorError(error)) throw error;
      setIsCancelled(true);
    }
  };
  if (!PASSKEYS_WORK) return <Text c="dimmed">{texts.passkeysNotHere}</Text>;
  if (identities?.hasPassword === false) return <Text c="dimmed">{texts.passkeysNoPassword}</Text>;
  return (
    <>
      {isCancelled && <Text role="alert">{texts.passkeyNotMade}</Text>}
      <Group>
        <Button variant="default" onClick={() => ask({ title: texts.passkeyAdd, send: add })}>
          {texts.passkeyAdd}
        </Button>
      </Group>
    </>
  );
}

interface PasskeyCardProps {
  readonly passkey: PasskeyView;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function PasskeyCard({ passkey, onRename, onRemove }: PasskeyCardProps) {
  const texts = useTexts(profileTexts);
  const { fromNow } = useFormats();
  const { name, backedUp, lastUsedAt, disabledAt } = passkey;
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Stack gap={2}>
          <Text fw={500} className="theirs">
            <bdi>{name}</bdi>
          </Text>
          <Text size="sm" c="dimmed">
            {lastUsedAt ? texts.identityUsed(fromNow(lastUsedAt)) : texts.passkeyUnused}
            {backedUp && ` · ${texts.passkeySynced}`}
          </Text>
          {disabledAt !== null && <Text size="sm">{texts.passkeyDisabled}</Text>}
        </Stack>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={onRename} aria-label={texts.passkeyRenameOf(name)}>
            {texts.passkeyRename}
          </Button>
          <Button size="xs" variant="default" onClick={onRemove} aria-label={texts.passkeyRemoveOf(name)}>
            {texts.passkeyRemove}
          </Button>
        </Group>
      </Group>
    </Card>
  );
}
