import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/**
 * A call that changes something: a second click while it is on its way is none.
 */
export function useSingleSubmit<Input, Answer>(
  call: (input: Input) => Promise<Answer>,
  done: (answer: Answer) => void,
) {
  const sent = useRef(false);
  const { mutate, ...state } = useMutation({
    mutationFn: call,
    onSuccess: done,
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
