import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../server/lib/config.ts';
import { Variables } from '../../server/lib/env-schema.ts';
import { requires } from '../harness/requires.ts';

const root = join(import.meta.dirname, '..', '..');
const FILE = join(root, 'examples', 'kubernetes', 'keyseal.yaml');
const TEXT = readFileSync(FILE, 'utf8');
/** Seconds for calls that are under way, after the drain. */
const STOP_SECONDS = 10;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly timeoutSeconds: number;
}
interface Container {
  readonly env: { readonly name: string; readonly value: string }[];
  readonly ports: { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly volumeMounts: { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: [Container];
  readonly volumes: { readonly name: string; readonly configMap: { readonly name: string } }[];
}

const documents = parseAllDocuments(TEXT).map((document) => document.toJS());
const of = (kind: string) => documents.find((document) => document.kind === kind);
const pod: PodSpec = of('Deployment').spec.template.spec;
const [container] = pod.containers;
const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
/** What the Secret holds, by the comment of the file. */
const SECRET = {
  DATABASE_URL: 'postgres://keyseal:secret@postgres:5432/keyseal',
  KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32).toString('base64')}`,
  KEYSEAL_SETUP_TOKEN: 'a token of the operator',
};

describe('the manifest of Kubernetes', () => {
  it('sets existing variables only, and all that production requires', () => {
    expect(Object.keys(env).filter((name) => !Object.hasOwn(Variables.shape, name))).toEqual([]);
    const config = readConfig({ ...SECRET, ...env, NODE_ENV: 'production', HOST: '0.0.0.0' });
    expect(config.production).toBe(true);
    const named = /The Secret "keyseal" has (.*):$/m.exec(TEXT)?.[1];
    for (const name of Object.keys(SECRET)) expect(named).toContain(name);
  });

  it('mounts the authority of Postgres where the URL of the page reads it', () => {
    const page = readFileSync(join(root, 'docs', 'operators', 'kubernetes.md'), 'utf8');
    const [, folder, file] = /^DATABASE_URL=\S+@postgres:\S+sslrootcert=(\S+)\/(\S+)$/m.exec(page) ?? [];
    const mount = container.volumeMounts.find(({ mountPath }) => mountPath === folder);
    const volume = pod.volumes.find(({ name }) => name === mount?.name);
    expect(page).toContain(`kubectl create configmap ${volume?.configMap.name} --from-file=${file}\n`);
  });

  it('leaves enough time to stop', () => {
    const drain = Number(env['KEYSEAL_DRAIN_SECONDS']);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(drain + STOP_SECONDS);
  });

  it('probes the right pages on the right ports, with enough time to answer', () => {
    const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]));
    expect(ports).toEqual({ http: 3000, metrics: Number(env['KEYSEAL_METRICS_PORT']) });
    const { livenessProbe: live, readinessProbe: ready } = container;
    expect([live.httpGet, ready.httpGet]).toEqual([
      { path: '/healthz', port: 'http' },
      { path: '/readyz', port: 'http' },
    ]);
    expect(ready.timeoutSeconds).toBeGreaterThan(3);
    expect(of('Service').spec.ports[0].targetPort).toBe('http');
  });

  it('selects the pods by their labels', () => {
    const { labels } = of('Deployment').spec.template.metadata;
    expect(of('Deployment').spec.selector.matchLabels).toEqual(labels);
    expect(of('Service').spec.selector).toEqual(labels);
    expect(of('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
  });
});

requires('kubernetes-validate').test(
  'is valid under the schemas of Kubernetes, which refuse unknown members',
  async () => {
    const validate = (path: string) => promisify(execFile)('kubernetes-validate', ['--strict', path]);
    await expect(validate(FILE)).resolves.toBeDefined();
  },
);
