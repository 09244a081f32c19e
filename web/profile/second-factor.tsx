import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { PasswordDialog, type Pending, type Proof } from '../step-up/proof-form.tsx';
import { CopyText } from '../ui/code/copy-text.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { SecretModal } from '../ui/feedback/secret-modal.tsx';
import { checkAnswer } from '../ui/feedback/section-boundary.tsx';
import { Section } from '../ui/page/section.tsx';
import { shellTexts } from '../ui/texts.ts';
import { QrCode } from './qr-code.tsx';
import { profileTexts } from './texts.ts';

interface SetUp {
  readonly secret: string;
  readonly uri: string;
}

/** The second factor of the user's account: set up, make new recovery codes, remove. */
export function SecondFactorSection() {
  const texts = useTexts(profileTexts);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(api.secondFactor.get.queryOptions());
  const [pending, setPending] = useState<Pending | null>(null);
  const [setUp, setSetUp] = useState<SetUp | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return null;
  checkAnswer(data, ['confirmedAt', 'recoveryCodesLeft']);
  const refresh = () => queries.invalidateQueries(api.secondFactor.get.queryFilter());
  const begin = async ({ password }: Proof) => setSetUp(await client.secondFactor.begin.mutate({ password }));
  const renew = async (proof: Proof) => {
    setCodes((await client.secondFactor.newRecoveryCodes.mutate(proof)).recoveryCodes);
    await refresh();
  };
  const remove = async (proof: Proof) => {
    await client.secondFactor.remove.mutate(proof);
    await refresh();
  };
  const confirm = async (code: string) => {
    setCodes((await client.secondFactor.confirm.mutate({ code })).recoveryCodes);
    setSetUp(null);
    await refresh();
  };
  const actions: readonly (readonly [title: string, send: Pending['send']])[] =
    data.confirmedAt === null
      ? [[texts.factorSetUp, begin]]
      : [
          [texts.newCodes, renew],
          [texts.factorRemove, remove],
        ];
  return (
    <Section isSplit title={texts.factor} description={texts.factorMore}>
      {data.confirmedAt !== null && <Text>{texts.factorOn(data.recoveryCodesLeft)}</Text>}
      <Group>
        {actions.map(([title, send]) => (
          <Button key={title} variant="default" onClick={() => setPending({ title, send })}>
            {title}
          </Button>
        ))}
      </Group>
      {pending && <PasswordDialog {...pending} onClose={() => setPending(null)} />}
      {setUp && <SetUpDialog {...setUp} confirm={confirm} onClose={() => setSetUp(null)} />}
      {codes.length > 0 && <CodesDialog codes={codes} onClose={() => setCodes([])} />}
    </Section>
  );
}

interface SetUpDialogProps extends SetUp {
  readonly confirm: (code: string) => Promise<void>;
  readonly onClose: () => void;
}

function SetUpDialog({ secret, uri, confirm, onClose }: SetUpDialogProps) {
  const texts = useTexts(profileTexts);
  const { close } = useTexts(shellTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const wrong =
    failed instanceof KeysealRefusal && ['CREDENTIALS_INVALID', 'INPUT_INVALID'].includes(failed.reason);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    setIsPending(true);
    try {
      await confirm(String(new FormData(event.currentTarget).get('code')));
    } catch (error) {
      setFailed(error);
      setIsPending(false);
    }
  };
  return (
    <Modal opened title={texts.factorSetUp} onClose={onClose} closeButtonProps={{ 'aria-label': close }}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <Text>{texts.scan}</Text>
          <QrCode text={uri} label={texts.qrCode} />
          <Text size="sm">{texts.secretMore}</Text>
          <Code block>{secret}</Code>
          <TextInput
            label={texts.code}
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={64}
            error={wrong ? texts.codeWrong : undefined}
          />
          <Failed error={wrong ? null : failed} />
          <Button type="submit" loading={isPending}>
            {texts.confirm}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** Closes only with its button: the codes are shown once. */
function CodesDialog({
  codes,
  onClose,
}: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}) {
  const texts = useTexts(profileTexts);
  const text = codes.join('\n');
  return (
    <SecretModal
      opened
      question={texts.leaveCodes}
      withCloseButton={false}
      onClose={onClose}
      title={texts.codes}
    >
      <Stack>
        <Text>{texts.codesMore}</Text>
        <Code block>{text}</Code>
        <Group justify="space-between">
          <CopyText text={text} label={texts.codes} />
          <Button onClick={onClose}>{texts.codesKept}</Button>
        </Group>
      </Stack>
    </SecretModal>
  );
}
