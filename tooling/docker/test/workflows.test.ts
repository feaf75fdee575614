import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type LintWorkflow, loadActionlint } from '../src/actionlint.ts';
import { root, workflows } from './paths.ts';

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

/** Who may do more than read, and what. A right that is added to a workflow is added here, too. */
const rights: Record<string, readonly string[]> = {
  'codeql.yml#analyze': ['security-events: write'],
  'release.yml#version': ['contents: write', 'pull-requests: write'],
  'release.yml#image': ['packages: write', 'id-token: write', 'attestations: write'],
  'release.yml#release': ['contents: write'],
};

let lint: LintWorkflow;
beforeAll(async () => {
  lint = await loadActionlint();
});

describe('actionlint', () => {
  it.each([
    ['an unknown runner', 'on: push\njobs: { a: { runs-on: ubuntu-99, steps: [{ run: ls }] } }\n', 'runner-label'],
    ['a misspelt key', 'on: push\njobs: { a: { runs-on: ubuntu-24.04, step: [] } }\n', 'syntax-check'],
    ['an unknown right', 'on: push\npermissions: { content: read }\njobs: {}\n', 'permissions'],
    [
      'a title of a stranger in a script',
      'on: issues\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: "echo ${{ github.event.issue.title }}" }] } }\n',
      'expression',
    ],
    [
      'a job that waits for nobody',
      'on: push\njobs: { a: { needs: b, runs-on: ubuntu-24.04, steps: [{ run: ls }] } }\n',
      'job-needs',
    ],
  ])('finds %s', (_, text, rule) => {
    expect(lint(text, 'x.yml').join('\n')).toContain(`[${rule}]`);
  });
});

describe.each((await readdir(workflows)).filter((name) => name.endsWith('.yml')))('%s', async (name) => {
  const text = await readFile(`${workflows}/${name}`, 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  it('passes actionlint', () => {
    expect(lint(text, name)).toEqual([]);
  });

  it('names every action by the hash of a commit, and says its version', () => {
    const used = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    const pinned = /uses: (\.\/\.github\/workflows\/[a-z-]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
    expect(used.filter((line) => !pinned.test(line))).toEqual([]);
  });

  it('pins every program that it installs', () => {
    const installs = text.split('\n').filter((line) => /\bgo (install|run)\b/.test(line));
    expect(installs.filter((line) => !/@v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    expect(text).not.toMatch(/\bnpx\b|curl[^\n]*\|\s*(ba)?sh/);
  });

  it('has no right to write but those that are listed here', () => {
    const toRead = Object.values(workflow.permissions).filter((right) => right !== 'read');
    expect(toRead).toEqual([]);
    for (const [id, { permissions = {} }] of jobs) {
      const writes = Object.entries(permissions).filter(([, right]) => right !== 'read');
      expect(
        writes.map((pair) => pair.join(': ')),
        id,
      ).toEqual(rights[`${name}#${id}`] ?? []);
    }
  });

  it('never runs the code of a stranger with the rights of the repository', () => {
    expect(Object.keys(workflow.on)).not.toEqual(expect.arrayContaining(['pull_request_target']));
    expect(Object.keys(workflow.on)).not.toEqual(expect.arrayContaining(['workflow_run']));
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  it('ends, and waits for or ends its older runs', () => {
    expect(workflow.concurrency.group).not.toBe('');
    for (const [id, job] of jobs.filter(([, { uses }]) => uses === undefined)) {
      expect(job['timeout-minutes'], id).toBeGreaterThan(0);
      expect(job['runs-on'], id).toBe('ubuntu-24.04');
    }
  });

  it('does not lose the failure of a command in a pipe', () => {
    const piped = steps.filter(({ run = '' }) => /[^|]\|[^|]/.test(run.replaceAll(/'[^']*'/g, '')));
    expect(piped.filter(({ shell }) => shell !== 'bash')).toEqual([]);
  });
});

describe('continuous integration', async () => {
  const { jobs } = parse(await readFile(`${workflows}/ci.yml`, 'utf8')) as Workflow;

  it('runs the two commands of the README, on the oldest Node and on the one of the code', () => {
    expect(jobs['test']?.strategy?.matrix['node']).toEqual(['24', '20']);
    const commands = jobs['test']?.steps?.flatMap(({ run }) => (run === undefined ? [] : [run.split('\n')[0]]));
    expect(commands).toEqual(['npm test', 'npm start &']);
  });
});

describe('renovate.json', async () => {
  const renovate = JSON.parse(await readFile(`${root}/renovate.json`, 'utf8')) as {
    customManagers: { managerFilePatterns: string[]; matchStrings: string[] }[];
  };

  it('knows every program that a workflow installs with Go', async () => {
    const [manager] = renovate.customManagers;
    const pattern = new RegExp(manager?.matchStrings[0] ?? '(?!)', 'g');
    const texts = await Promise.all((await readdir(workflows)).map((name) => readFile(`${workflows}/${name}`, 'utf8')));
    const found = texts.flatMap((text) => [...text.matchAll(pattern)].map(({ groups }) => `${groups?.['depName']}`));
    const installs = texts.flatMap((text) => [...text.matchAll(/go install /g)]);
    expect(found).toHaveLength(installs.length);
    expect(found.sort()).toEqual([
      'github.com/rhysd/actionlint',
      'github.com/yannh/kubeconform',
      'github.com/zricethezav/gitleaks/v8',
    ]);
  });
});
