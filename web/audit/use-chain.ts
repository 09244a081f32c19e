import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { client } from '../api/service.ts';

export type ChainState = Exclude<Awaited<ReturnType<typeof client.audit.verify.query>>, { verified: null }>;

/** Verifies the whole log, a part with each call, until the service returns a verdict. */
export function useChain() {
  const [looked, setLooked] = useState(0);
  const leaving = useRef<AbortController>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  const verify = useMutation({
    mutationFn: async (): Promise<ChainState> => {
      setLooked(0);
      leaving.current = new AbortController();
      const { signal } = leaving.current;
      let cursor: string | undefined;
      for (;;) {
        const part = await client.audit.verify.query(cursor === undefined ? {} : { cursor }, { signal });
        if (part.verified !== null) return part;
        setLooked(part.records);
        cursor = part.nextCursor;
      }
    },
  });
  return { looked, ...verify };
}
