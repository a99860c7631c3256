import { readFileSync } from 'node:fs';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config.js';

const KINDS = { Deployment, PodDisruptionBudget, Service, StatefulSet };

interface Manifest {
  kind: keyof typeof KINDS;
  spec: { template?: { spec: PodSpec } };
}

interface PodSpec {
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds: number;
  containers: { env: { name: string; value: string }[] }[];
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

  it('sets only what Keyledger knows, and leaves a stop the time it takes', () => {
    for (const { template } of manifests.map(({ spec }) => spec)) {
      if (!template) continue;
      expect(template.spec.enableServiceLinks).toBe(false);
      const names = template.spec.containers.flatMap(({ env }) => env);
      const env = Object.fromEntries(names.map(({ name, value }) => [name, value]));
      const given = Object.fromEntries(Object.entries(env).filter(([name]) => !name.endsWith('_FILE')));
      const config = readConfig({ NODE_ENV: 'production', ...given });
      expect(template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(config.drain + config.deadline);
    }
  });
});
