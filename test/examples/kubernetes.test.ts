import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config.js';
import { FROM_FILES } from '../../src/settings/environment.js';
import { fileSetting } from '../../src/settings/names.js';

const KINDS = { Deployment, PodDisruptionBudget, Service, StatefulSet };

interface Manifest {
  kind: keyof typeof KINDS;
  spec: { template?: { spec: PodSpec } };
}

interface PodSpec {
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds: number;
  containers: Container[];
}

interface Container {
  args?: string[];
  resources: { limits: { memory: string } };
  env: { name: string; value: string }[];
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  volumeMounts: { mountPath: string }[];
}

interface Probe {
  httpGet: { path: string };
}

function manifestsOf(file: string): Manifest[] {
  const text = readFileSync(new URL(`../../examples/kubernetes/${file}`, import.meta.url), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS());
}

describe.each(['sqlite.yaml', 'eventstoredb.yaml'])('examples/kubernetes/%s', (file) => {
  const manifests = manifestsOf(file);

  it("has the form that Kubernetes' schema asks for", () => {
    expect(manifests.length).toBeGreaterThan(1);
    for (const manifest of manifests) new KINDS[manifest.kind](manifest as never).validate();
  });

  it('is refused by that schema when it is wrong', () => {
    const [service] = manifests;
    const wrong = { ...service, spec: { ports: [{ port: 'http' }] } };
    expect(() => new Service(wrong as never).validate()).toThrow('port must be integer');
  });

  const pods = manifests.flatMap(({ spec }) => spec.template?.spec ?? []);
  const containers = pods.flatMap((pod) => pod.containers);

  it('sets only what Keyledger knows, and leaves a stop the time it takes', () => {
    expect(pods).toHaveLength(1);
    for (const { enableServiceLinks, terminationGracePeriodSeconds, containers } of pods) {
      expect(enableServiceLinks).toBe(false);
      const env = containers.flatMap(({ env }) => env).map(({ name, value }) => [name, value] as const);
      const given = Object.fromEntries(env.filter(([name]) => !name.endsWith('_FILE')));
      const config = readConfig({ NODE_ENV: 'production', ...given });
      expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(config.drain + config.deadline);
    }
  });

  it('starts as many processes as its memory has room for, however many cores the machine has', () => {
    for (const { args = [], resources } of containers) {
      expect(resources.limits.memory).toBe('1Gi');
      expect(Number(args[args.indexOf('--workers') + 1] ?? 1)).toBeLessThanOrEqual(3);
    }
  });

  it('gives settings from files only where Keyledger reads them, and mounts the files', () => {
    const files = containers.flatMap(({ env }) => env).filter(({ name }) => name.endsWith('_FILE'));
    expect(FROM_FILES.map(fileSetting)).toEqual(expect.arrayContaining(files.map(({ name }) => name)));
    expect(files).not.toEqual([]);
    const mounted = containers.flatMap(({ volumeMounts }) => volumeMounts).map(({ mountPath }) => mountPath);
    expect(mounted).toEqual(expect.arrayContaining(files.map(({ value }) => dirname(value))));
  });

  it('restarts a pod by liveness, and takes it out of the service by readiness', () => {
    expect(containers).toHaveLength(1);
    for (const { startupProbe, livenessProbe, readinessProbe } of containers) {
      const paths = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path);
      expect(paths).toEqual(['/livez', '/livez', '/readyz']);
    }
  });
});
