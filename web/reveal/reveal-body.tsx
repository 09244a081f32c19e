import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { TextBlock } from '../ui/code/text-block.tsx';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import { CopyEnv, EnvLink, PrivateKeyLink } from './env-link.tsx';
import { FirstCall } from './first-call.tsx';
import { awaitedCallOf, type Revealed, signerOf } from './revealed.ts';
import { SnippetTabs } from './snippet-tabs.tsx';
import { revealTexts } from './texts.ts';

interface RevealBodyProps {
  readonly revealed: Revealed;
  /** Ends the dialog without a question: the person is done. */
  readonly onClose: () => void;
}

/** The secrets of a key, a first call with them, and its outcome; in a dialog. */
export function RevealBody({ revealed, onClose }: RevealBodyProps) {
  const texts = useTexts(revealTexts);
  const signer = signerOf(revealed);
  const mayWatch = useMay('usage:read');
  const start = useRef<HTMLDivElement>(null);
  // The element that had the focus may have disappeared with the form.
  useEffect(() => {
    start.current?.focus({ preventScroll: true });
    start.current?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <Stack>
      <Text fw={600} className="theirs" dir="auto">
        {revealed.key.name}
      </Text>
      <Alert color="yellow" tabIndex={-1} ref={start}>
        {texts.once[signer]}
      </Alert>
      <TextBlock label={texts.apiKey} text={revealed.secret} />
      {revealed.signingSecret !== null && (
        <TextBlock label={texts.signingSecret} text={revealed.signingSecret} />
      )}
      {revealed.privateKey !== null && <TextBlock label={texts.privateKey} text={revealed.privateKey} />}
      <SavedSecrets revealed={revealed} />
      <Title order={3} size="h4">
        {texts[awaitedCallOf(revealed)].title}
      </Title>
      {mayWatch && <FirstCall revealed={revealed} />}
      {mayWatch && <LiveCallsLink id={revealed.key.id} />}
      {signer !== 'secret' && (
        <Text size="sm">
          <ErrorHelpText text={texts.pair} staysHere />
        </Text>
      )}
      <SnippetTabs revealed={revealed} />
      <Group justify="flex-end" gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 16rem">
          {texts.doneMore[signer]}
        </Text>
        <Button onClick={onClose}>{texts.done}</Button>
      </Group>
    </Stack>
  );
}

/** In another tab: this page is the only one with the secrets. */
function LiveCallsLink({ id }: { readonly id: string }) {
  const { liveCalls } = useTexts(revealTexts);
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link {...props} to="/keys/$id" params={{ id }} search={{ tab: 'live' }} target="_blank" />
      )}
    >
      {liveCalls}
    </Anchor>
  );
}

/** The ways to take all secrets at once. */
function SavedSecrets({ revealed }: Pick<RevealBodyProps, 'revealed'>) {
  return (
    <Group>
      {revealed.privateKey !== null && (
        <PrivateKeyLink id={revealed.key.id} privateKey={revealed.privateKey} />
      )}
      <EnvLink revealed={revealed} />
      <CopyEnv revealed={revealed} />
    </Group>
  );
}
