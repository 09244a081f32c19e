import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import classes from './call-form.module.css';
import { CallForm } from './call-form.tsx';
import { documentQuery } from './document.ts';
import { PastCalls } from './past-calls/past-calls-view.tsx';
import { usePastCalls } from './past-calls/use-past-calls.ts';
import { AboutProcedure, ProcedureChoice } from './procedure-choice.tsx';
import type { Procedure } from './procedures.ts';
import type { LoadedKey } from './signers/signers.ts';

interface PlaygroundProps {
  /** The key of the page that linked here. */
  readonly keyId: string | undefined;
  readonly procedure: string | undefined;
}

/** The procedure that is selected at first. */
const FIRST = 'exemple';

/**
 * A call, from the choice of its procedure to its response. Only this component has the key, and only while it is
 * mounted.
 */
export function Playground({ keyId, procedure = FIRST }: PlaygroundProps) {
  const { data, error, refetch } = useQuery(documentQuery);
  const [name, setName] = useState(procedure);
  const [loadedKey, setLoadedKey] = useState<LoadedKey | null>(null);
  const past = usePastCalls();
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  const named = (wanted: string) => data.procedures.find((procedure) => procedure.name === wanted);
  const chosen = named(name) ?? named(FIRST) ?? (data.procedures[0] as Procedure);
  return (
    <Stack gap="lg">
      <div className={classes['call']}>
        <ProcedureChoice procedures={data.procedures} chosen={chosen} onChoose={setName} />
        <AboutProcedure procedure={chosen} />
        <CallForm
          key={chosen.name}
          procedure={chosen}
          schemas={data.schemas}
          keyId={keyId}
          loadedKey={loadedKey}
          onLoadKey={setLoadedKey}
          onCalled={(outcome) => past.add(chosen.name, outcome)}
        />
      </div>
      <PastCalls calls={past.calls} onChoose={setName} onClear={past.clear} />
    </Stack>
  );
}
