import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../language/language.ts';
import type { WorkloadIssuer } from './presets.ts';
import type { Rule } from './rule.ts';
import { RuleForm } from './rule-form.tsx';
import { workloadTexts } from './texts.ts';

interface RuleDialogProps {
  readonly issuers: readonly WorkloadIssuer[];
  /** The rule to change; absent for another one. */
  readonly rule?: Rule;
  readonly title: string;
  /** On the button that opens the dialog. */
  readonly act: string;
  /** Of the button, if `act` alone is ambiguous. */
  readonly label?: string;
  readonly size?: string;
}

/** A button, and the dialog with the form of a rule that it opens. */
export function RuleDialog({ issuers, rule, title, act, label, size }: RuleDialogProps) {
  const texts = useTexts(workloadTexts);
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button
        variant="default"
        onClick={() => setOpened(true)}
        {...(size ? { size } : {})}
        aria-label={label}
      >
        {act}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={title}
        size="lg"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': texts.close }}
      >
        <RuleForm issuers={issuers} onDone={close} onCancel={close} {...(rule ? { rule } : {})} />
      </Modal>
    </>
  );
}
