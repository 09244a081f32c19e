import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { TextBlock } from '../ui/code/text-block.tsx';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import { CopyEnv, EnvLink, PrivateKeyLink } from './env-link.tsx';
import { FirstCall } from './first-call.tsx';
import { withMasks } from './mask-secrets.ts';
import classes from './reveal-body.module.css';
import { awaitedCallOf, type Revealed, signerOf } from './revealed.ts';
import { SnippetTabs } from './snippet-tabs.tsx';
import { revealTexts } from './texts.ts';

interface RevealBodyProps {
  readonly revealed: Revealed;
  /** Ends the dialog without a question: the user is done. */
  readonly onClose: () => void;
}

/** The secrets of a key, a first call with them, and its outcome; in a dialog. */
export function RevealBody({ revealed, onClose }: RevealBodyProps) {
  const texts = useTexts(revealTexts);
  const signer = signerOf(revealed);
  const mayWatch = useMay('usage:read');
  const [isShown, setShown] = useState(false);
  const masked = isShown ? undefined : withMasks(revealed);
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
      <Secrets revealed={revealed} masked={masked} />
      <SavedSecrets revealed={revealed}>
        <ShowButton isShown={isShown} onToggle={() => setShown(!isShown)} />
      </SavedSecrets>
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
      <SnippetTabs revealed={revealed} masked={masked} />
      <Group justify="flex-end" gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 16rem">
          {texts.doneMore[signer]}
        </Text>
        <Button onClick={onClose}>{texts.done}</Button>
      </Group>
    </Stack>
  );
}

interface SecretsProps extends Pick<RevealBodyProps, 'revealed'> {
  /** The same with masks; undefined while the secrets are shown. */
  readonly masked: Revealed | undefined;
}

/** Each secret with a button that copies it, masked or not. */
function Secrets({ revealed, masked }: SecretsProps) {
  const texts = useTexts(revealTexts);
  const labels = { secret: texts.apiKey, signingSecret: texts.signingSecret, privateKey: texts.privateKey };
  return (['secret', 'signingSecret', 'privateKey'] as const).map((name) => {
    const [text, shown] = [revealed[name], masked?.[name]];
    if (text === null) return null;
    return (
      <TextBlock
        key={name}
        label={labels[name]}
        text={text}
        masked={shown ? { text: shown, label: texts.hidden } : undefined}
      />
    );
  });
}

interface ShowButtonProps {
  readonly isShown: boolean;
  readonly onToggle: () => void;
}

/** Shows all secrets of the dialog, and masks them again. */
function ShowButton({ isShown, onToggle }: ShowButtonProps) {
  const { show, hide } = useTexts(revealTexts);
  const Icon = isShown ? IconEyeOff : IconEye;
  return (
    <Button variant="default" leftSection={<Icon size={16} stroke={1.6} aria-hidden />} onClick={onToggle}>
      {isShown ? hide : show}
    </Button>
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

interface SavedSecretsProps extends Pick<RevealBodyProps, 'revealed'> {
  /** Before the others. */
  readonly children: ReactNode;
}

/** The ways to take all secrets at once. */
function SavedSecrets({ revealed, children }: SavedSecretsProps) {
  return (
    <Group gap="sm" className={classes.actions}>
      {children}
      {revealed.privateKey !== null && (
        <PrivateKeyLink id={revealed.key.id} privateKey={revealed.privateKey} />
      )}
      <EnvLink revealed={revealed} />
      <CopyEnv revealed={revealed} />
    </Group>
  );
}
