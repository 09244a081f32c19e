import { NativeSelect } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import { BREAKAGES, type BreakageName } from './breakages.ts';

const NAMES = Object.keys(BREAKAGES) as BreakageName[];

interface BreakageChoiceProps {
  readonly chosen: BreakageName;
  readonly onChoose: (name: BreakageName) => void;
}

export function BreakageChoice({ chosen, onChoose }: BreakageChoiceProps) {
  const { breakage, breakages, breakageHints } = useTexts(playgroundTexts);
  return (
    <NativeSelect
      label={breakage}
      description={breakageHints[chosen]}
      data={NAMES.map((value) => ({ value, label: breakages[value] }))}
      value={chosen}
      onChange={({ currentTarget }) => onChoose(currentTarget.value as BreakageName)}
    />
  );
}
