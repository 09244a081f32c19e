import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/** A mutation that ignores a second click while the first call is under way. */
export function useSingleSubmit<Input, Output>(
  call: (input: Input) => Promise<Output>,
  done: (output: Output) => void,
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
