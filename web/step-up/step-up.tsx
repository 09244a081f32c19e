import { Button, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { proofRequest, repeatAfterProof } from '../api/proof-request.ts';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { shellTexts } from '../ui/texts.ts';
import { ProofForm } from './proof-form.tsx';
import { stepUpTexts } from './texts.ts';

// Here, and not where the client is made: the sign-in page needs neither.
repeatAfterProof(client);

const giveUp = () => proofRequest.end(false);

/** Asks for a proof when a change of the page needs a fresh one; the change then continues, with its form as it was. */
export function StepUp() {
  const { title } = useTexts(stepUpTexts);
  const { close } = useTexts(shellTexts);
  const opened = useSyncExternalStore(proofRequest.subscribe, proofRequest.isOpen);
  useEscape();
  return (
    <Modal
      opened={opened}
      title={title}
      closeOnEscape={false}
      zIndex={400}
      onClose={giveUp}
      closeButtonProps={{ 'aria-label': close }}
    >
      <Question />
    </Modal>
  );
}

/** Closes only this dialog. The page's own dialogs listen for the key too, and began to do so later. */
function useEscape(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || !proofRequest.isOpen()) return;
      event.stopImmediatePropagation();
      giveUp();
    };
    globalThis.addEventListener('keydown', onKey, { capture: true });
    return () => globalThis.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}

function Question() {
  const texts = useTexts(stepUpTexts);
  const { data, error, refetch } = useQuery(api.identities.list.queryOptions());
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  if (!data.hasPassword) return <AtProvider linked={data.items.map(({ name }) => name)} {...data} />;
  return (
    <ProofForm
      act={texts.confirm}
      send={(proof) => client.auth.stepUp.mutate(proof)}
      done={() => proofRequest.end(true)}
    >
      <Text>{texts.more}</Text>
    </ProofForm>
  );
}

interface AtProviderProps {
  readonly issuers: readonly { readonly name: string; readonly title: string }[];
  /** The names of the providers to which the account is linked. */
  readonly linked: readonly (string | null)[];
}

/** For an account without a password: a fresh sign-in with its provider. */
function AtProvider({ issuers, linked }: AtProviderProps) {
  const texts = useTexts(stepUpTexts);
  const { href } = useLocation();
  const [failed, setFailed] = useState<unknown>(null);
  const [leaves, setLeaves] = useState(false);
  const leave = async (issuer: string) => {
    setLeaves(true);
    try {
      const input = { issuer, returnTo: href, cookie: true, fresh: true };
      globalThis.location.assign((await client.auth.startSignIn.mutate(input)).url);
    } catch (error) {
      setFailed(error);
      setLeaves(false);
    }
  };
  return (
    <Stack>
      <Text>{texts.noPassword}</Text>
      {issuers
        .filter(({ name }) => linked.includes(name))
        .map(({ name, title }) => (
          <Button key={name} variant="default" loading={leaves} onClick={() => void leave(name)}>
            <bdi>{texts.signInWith(title)}</bdi>
          </Button>
        ))}
      <Failed error={failed} />
    </Stack>
  );
}
