import { Alert, Anchor, Button, Group, List, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ConsoleKey } from '../../key-model/key.ts';
import { KeyLink } from '../../key-model/key-link.tsx';
import { useTexts } from '../../language/language.ts';
import { useMay } from '../../session/me.ts';
import type { Remedy } from './leak-form.tsx';
import { leakTexts } from './texts.ts';
import { useEvidence } from './use-evidence.ts';

interface LeakNextProps {
  readonly apiKey: ConsoleKey;
  readonly remedy: Remedy;
  readonly onClose: () => void;
}

/** What was done about a leak, and what is left to do. */
export function LeakNext({ apiKey: { id, signature }, remedy, onClose }: LeakNextProps) {
  const texts = useTexts(leakTexts);
  const { steps } = texts;
  const mayRead = useMay('audit:read');
  const { data } = useEvidence(id);
  const created = data?.createdKeys ?? [];
  const ended = remedy === 'revoke' ? 'revoke' : signature.thumbprint === null ? 'secret' : 'pair';
  return (
    <Stack gap="sm">
      <Alert color="gray" role="status">
        {texts.done[ended]}
      </Alert>
      <Title order={3} size="h5">
        {texts.next}
      </Title>
      <List size="sm" type="ordered" spacing={4}>
        <List.Item>{steps[ended]}</List.Item>
        <List.Item>{steps.find}</List.Item>
        {created.length > 0 && <CreatedKeys ids={created} />}
        {mayRead && (
          <List.Item>
            <Anchor
              size="sm"
              renderRoot={(props) => <Link {...props} to="/audit" search={{ actor: id }} />}
              {...(remedy === 'rotate' ? { target: '_blank' } : {})}
            >
              {steps.audit}
            </Anchor>
          </List.Item>
        )}
      </List>
      {remedy === 'revoke' && (
        <Group justify="flex-end">
          <Button variant="default" component={Link} to="/keys">
            {steps.keys}
          </Button>
          <Button onClick={onClose}>{texts.close}</Button>
        </Group>
      )}
    </Stack>
  );
}

/** The keys that the key created. */
function CreatedKeys({ ids }: { readonly ids: readonly string[] }) {
  const { steps } = useTexts(leakTexts);
  return (
    <List.Item>
      {steps.madeKeys}{' '}
      {ids.map((id) => (
        <span key={id}>
          <KeyLink id={id} name={id} ff="monospace" />{' '}
        </span>
      ))}
    </List.Item>
  );
}
