import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/**
 * A call that changes something: a second click while it is on its way is none. Without a connection it fails, and is
 * not sent by itself later; what it answers is forgotten with whoever asked.
 */
export function useSendOnce<Input, Answer>(
  call: (input: Input) => Promise<Answer>,
  done: (answer: Answer) => void,
) {
  const sent = useRef(false);
  const { mutate, ...state } = useMutation({
    ...{ mutationFn: call, onSuccess: done, gcTime: 0, networkMode: 'always' as const },
    onSettled: () => {
      sent.current = false;
    },
  });
  const send = (input: Input) => {
    if (sent.current) return;
    sent.current = true;
    mutate(input);
  };
  return { ...state, send };
}
