import { expect, it } from 'vitest';
import { readConfig } from '../../server/lib/config.ts';

it('variables that Kubernetes sets for a Service, and those of the command line, are not reported', () => {
  const links = {
    KEYSEAL_PORT: 'tcp://10.0.0.1:3000',
    KEYSEAL_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
    KEYSEAL_PORT_3000_TCP_ADDR: '10.0.0.1',
    KEYSEAL_SERVICE_HOST: '10.0.0.1',
    KEYSEAL_SERVICE_PORT_HTTP: '3000',
    KEYSEAL_METRICS_PORT: 'tcp://10.0.0.3:9464',
    KEYSEAL_CANARY_SERVICE_HOST: '10.0.0.2',
    KEYSEAL_URL: 'https://api.example.com',
  };
  expect(readConfig(links)).toMatchObject({ port: 3000, metricsPort: null });
  expect(() => readConfig({ KEYSEAL_PORT: '3000' })).toThrow(/no variable KEYSEAL_PORT/);
});
