import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { generateSigningKey } from '@plinth/auth';
import { createTestIssuer } from '@plinth/auth/testing';
import { createServiceSettings } from '@plinth/testing/process';
import { parse, parseAllDocuments } from 'yaml';

export const folder: string = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const readText = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** Parses a file of this package. kubeconform checks in CI that a cluster accepts it. */
export const read = <T>(path: string): T => parse(readText(path)) as T;

type Secret = { metadata: { name: string }; stringData: Record<string, string> };

/** The Secrets of the template, in its order: of the processes, of the keys that they mount, of the migration job, and of workers. */
export const [secret, keySecret, migrationSecret, workerSecret] = parseAllDocuments(
  readText('secret.template.yaml'),
).map((document) => (document as { toJS(): Secret }).toJS()) as [Secret, Secret, Secret, Secret];

export const environments = ['staging', 'production'] as const;
export type Environment = (typeof environments)[number];

export type Component = {
  images: { name: string; newName: string; newTag?: string; digest?: string }[];
  configMapGenerator: { literals: string[] }[];
};
export const readEnvironment = (name: Environment): Component =>
  read(`overlays/${name}/environment/kustomization.yaml`);

/** The ConfigMap of an environment. */
export const readConfigMap = (name: Environment): Record<string, string> =>
  parseEnv(
    [
      readText('settings/settings.env'),
      ...readEnvironment(name).configMapGenerator.flatMap(({ literals }) => literals),
    ].join('\n'),
  ) as Record<string, string>;

/** Writes the text as the file of keys that a pod mounts, and returns its setting. */
export function mountKeys(text: string): { AUTH_JWKS_FILE: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'plinth-keys-')), 'jwks.json');
  writeFileSync(file, text);
  return { AUTH_JWKS_FILE: file };
}

/** The settings of the processes from Secrets that an operator has filled in. */
export async function fillSecrets(): Promise<Record<string, string>> {
  const { CURSOR_SECRET, IDENTITY_SIGNING_KEY, IDENTITY_SECRET } = createServiceSettings();
  return {
    MONGODB_URI: 'mongodb://plinth-runtime:word@mongodb/?replicaSet=rs0&tls=true',
    REDIS_URL: 'rediss://:word@redis:6379',
    CURSOR_SECRET,
    IDENTITY_SIGNING_KEY,
    IDENTITY_SECRET,
    ...mountKeys((await createTestIssuer()).settings.AUTH_JWKS),
  };
}

/** The settings of workers from their Secret. */
export const fillWorkerSecret = async (): Promise<Record<string, string>> => ({
  AUDIT_SIGNING_KEY: JSON.stringify(await generateSigningKey()),
  STRIPE_SECRET_KEY: `sk_live_${randomBytes(24).toString('base64url')}`,
  MAIL_URL: 'smtps://plinth:word@mail:465',
});

type Probe = { httpGet: { path: string; port: string }; periodSeconds: number; failureThreshold: number };
type Container = {
  image: string;
  command?: string[];
  ports?: { name: string; containerPort: number }[];
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  volumeMounts?: { name: string; mountPath: string }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  resources: { requests: { memory: string }; limits: { memory: string } };
};
export type Labels = Record<string, string>;
type Pod = {
  metadata: { labels: Labels; annotations?: Labels };
  spec: {
    terminationGracePeriodSeconds: number;
    topologySpreadConstraints?: { labelSelector: { matchLabels: Labels } }[];
    containers: [Container];
    volumes?: { name: string; secret: { secretName: string } }[];
  };
};
export type Workload = {
  metadata: { name: string };
  spec: { selector: { matchLabels: Labels }; progressDeadlineSeconds: number; replicas?: number; template: Pod };
};

export type IngressPolicy = {
  spec: {
    podSelector: { matchLabels?: Labels };
    ingress?: { from: { namespaceSelector: { matchLabels: Labels } }[]; ports: { port: string }[] }[];
  };
};

/** The namespaces and ports that a policy connects. */
export const listAllowed = ({ spec }: IngressPolicy): (string | undefined)[][] =>
  (spec.ingress ?? []).map(({ from, ports }) => [
    ...from.map(({ namespaceSelector }) => namespaceSelector.matchLabels['kubernetes.io/metadata.name']),
    ...ports.map(({ port }) => port),
  ]);

export const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

export const deployment: Workload = read('process/deployment.yaml');
export const worker: Workload = read('worker/deployment.yaml');
export const job: Workload = read('migrate/job.yaml');
