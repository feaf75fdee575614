import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './paths.ts';

// CI also checks the workflows with actionlint.
const workflows = `${root}/.github/workflows`;

type Step = { uses?: string; run?: string; shell?: string; with?: Record<string, unknown> };
type Job = {
  'runs-on'?: string;
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  strategy?: { matrix: Record<string, unknown> };
  uses?: string;
  steps?: Step[];
};
type Workflow = {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency: { group: string };
  jobs: Record<string, Job>;
};

/** The write permissions of jobs. */
const rights: Record<string, readonly string[]> = {
  'codeql.yml#analyze': ['security-events: write'],
  'release.yml#version': ['contents: write', 'pull-requests: write'],
  'release.yml#image': ['packages: write', 'id-token: write', 'attestations: write'],
  'release.yml#client': ['id-token: write'],
  'release.yml#release': ['contents: write'],
};

describe.each((await readdir(workflows)).filter((name) => name.endsWith('.yml')))('%s', async (name) => {
  const text = await readFile(`${workflows}/${name}`, 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  it('pins every action to a commit, with its version in a comment', () => {
    const actions = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    const pinned = /uses: (\.\/\.github\/workflows\/[a-z-]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
    expect(actions.filter((line) => !pinned.test(line))).toEqual([]);
  });

  it('pins every program that it installs', () => {
    const installs = text.split('\n').filter((line) => /\bgo (install|run)\b/.test(line));
    expect(installs.filter((line) => !/@v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    const images = text.match(/(?<=docker run [^\n]*)hadolint\/\S+/g) ?? [];
    expect(images.filter((image) => !/:v\d+\.\d+\.\d+$/.test(image))).toEqual([]);
    expect(text).not.toMatch(/\bnpx\b|curl[^\n]*\|\s*(ba)?sh/);
  });

  it('has no write permissions except the listed ones', () => {
    const others = Object.values(workflow.permissions).filter((right) => right !== 'read');
    expect(others).toEqual([]);
    for (const [id, { permissions = {} }] of jobs) {
      const writes = Object.entries(permissions).filter(([, right]) => right !== 'read');
      expect(
        writes.map((pair) => pair.join(': ')),
        id,
      ).toEqual(rights[`${name}#${id}`] ?? []);
    }
  });

  it('never runs code of a fork with the permissions of the repository', () => {
    expect(Object.keys(workflow.on)).not.toEqual(expect.arrayContaining(['pull_request_target']));
    expect(Object.keys(workflow.on)).not.toEqual(expect.arrayContaining(['workflow_run']));
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  it('has a time limit, and one run at a time', () => {
    expect(workflow.concurrency.group).not.toBe('');
    for (const [id, job] of jobs.filter(([, { uses }]) => uses === undefined)) {
      expect(job['timeout-minutes'], id).toBeGreaterThan(0);
      expect(job['runs-on'], id).toBe('ubuntu-24.04');
    }
  });

  it('fails when a command in a pipe fails', () => {
    const piped = steps.filter(({ run = '' }) => /[^|]\|[^|]/.test(run.replaceAll(/'[^']*'/g, '')));
    expect(piped.filter(({ shell }) => shell !== 'bash')).toEqual([]);
  });
});

it('shows a token to the steps that publish, and to no other', async () => {
  const names = (await readdir(workflows)).filter((name) => name.endsWith('.yml'));
  const holders = await Promise.all(
    names.map(async (name) => {
      const { jobs, ...rest } = parse(await readFile(`${workflows}/${name}`, 'utf8')) as Workflow;
      const parts = Object.entries(jobs).flatMap(([id, { steps = [], ...job }]) => {
        const label = ({ uses, run }: Step): string => uses?.split('@')[0] ?? run?.split(' --')[0] ?? '';
        return [[`${id}, any step`, job], ...steps.map((step) => [`${id}: ${label(step)}`, step])] as const;
      });
      const all = [['any job', rest] as const, ...parts];
      return all
        .filter(([, part]) => /\{\{[^}]*(secrets\.|github\.token)|"secrets":/.test(JSON.stringify(part)))
        .map(([label]) => label);
    }),
  );
  expect(holders.flat()).toEqual([
    'version: changesets/action/version',
    'image: docker/login-action',
    'release: gh release create "$TAG"',
  ]);
});

it('scans an image in CI, and in a release before the registry receives it', async () => {
  const { jobs } = parse(await readFile(`${workflows}/release.yml`, 'utf8')) as Workflow;
  const used = jobs['image']?.steps?.map(({ uses }) => uses?.split('@')[0]) ?? [];
  const publishing = used.slice(used.indexOf('aquasecurity/trivy-action'));
  expect(publishing.slice(1, 3)).toEqual(['docker/login-action', 'docker/build-push-action']);
  for (const name of ['ci.yml', 'release.yml']) {
    const workflow = parse(await readFile(`${workflows}/${name}`, 'utf8')) as Workflow;
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
    const scan = steps.find(({ uses }) => uses?.startsWith('aquasecurity/trivy-action@'));
    expect(scan?.with).toMatchObject({ severity: 'HIGH,CRITICAL', 'exit-code': '1' });
  }
});

describe('continuous integration', async () => {
  const { jobs } = parse(await readFile(`${workflows}/ci.yml`, 'utf8')) as Workflow;

  it('runs the two commands of the README on MongoDB 8, on the oldest Node and on that of the code', () => {
    expect(jobs['test']?.strategy?.matrix['node']).toEqual(['24', '20']);
    const commands = jobs['test']?.steps?.flatMap(({ run }) => (run === undefined ? [] : [run.split('\n')[0]]));
    expect(commands).toEqual(['npm test', 'ls ~/.cache/plinth/mongod-8.*', 'npm start &']);
  });
});

it('checks images and manifests', async () => {
  const text = await readFile(`${workflows}/ci.yml`, 'utf8');
  for (const command of ['docker build', 'hadolint', 'kustomize build', 'kubeconform -strict', 'actionlint']) {
    expect(text).toContain(command);
  }
});

it('updates every program that a workflow installs, by renovate.json', async () => {
  const { customManagers } = JSON.parse(await readFile(`${root}/renovate.json`, 'utf8')) as {
    customManagers: { matchStrings: string[] }[];
  };
  const texts = await Promise.all((await readdir(workflows)).map((name) => readFile(`${workflows}/${name}`, 'utf8')));
  const text = texts.join('');
  const found = customManagers.flatMap(({ matchStrings }) =>
    matchStrings.flatMap((pattern) =>
      [...text.matchAll(new RegExp(pattern, 'g'))].map(({ groups }) => `${groups?.['depName']}`),
    ),
  );
  expect(found).toHaveLength([...text.matchAll(/go install |docker run [^\n]*hadolint/g)].length);
  expect(found.sort()).toEqual([
    'github.com/rhysd/actionlint',
    'github.com/yannh/kubeconform',
    'github.com/zricethezav/gitleaks/v8',
    'hadolint/hadolint',
    'sigs.k8s.io/kustomize/kustomize/v5',
  ]);
});
