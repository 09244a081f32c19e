import { NativeSelect } from '@mantine/core';
import { ENVIRONMENTS, type Environment } from '../../shared/key-format.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { usageTexts } from './texts.ts';

interface EnvironmentFilterProps {
  readonly chosen: Environment | undefined;
  readonly onChoose: (environment: Environment | undefined) => void;
}

/** The choice of the environment whose keys count. */
export function EnvironmentFilter({ chosen, onChoose }: EnvironmentFilterProps) {
  const { bothEnvironments } = useTexts(usageTexts);
  const { environment, environments } = useTexts(keysTexts);
  return (
    <NativeSelect
      label={environment}
      size="xs"
      flex="1 1 7rem"
      maw={{ base: '100%', xs: '10rem' }}
      value={chosen ?? ''}
      data={[
        { value: '', label: bothEnvironments },
        ...ENVIRONMENTS.map((value) => ({ value, label: environments[value] })),
      ]}
      onChange={({ currentTarget: { value } }) => onChoose(ENVIRONMENTS.find((name) => name === value))}
    />
  );
}
