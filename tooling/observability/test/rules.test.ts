import { findPrometheus } from '@plinth/engines';
import { beforeAll, describe, expect, it } from 'vitest';
import { artifacts } from '../src/artifacts.ts';
import { toYaml } from '../src/yaml.ts';
import { aFolderOf, expressionsOf, outcomeOf } from './files.ts';

const made = await artifacts();
const named = (form: RegExp): [string, string][] => Object.entries(made).filter(([path]) => form.test(path));

let promtool = '';
beforeAll(async () => {
  ({ promtool } = await findPrometheus(process.env, console.error));
}, 180_000);

describe.each(named(/^rules\/[a-z-]+\.yaml$/))('%s', (path) => {
  it('is what Prometheus takes for rules', async () => {
    const folder = await aFolderOf(made);
    expect(await outcomeOf(promtool, ['check', 'rules', `${folder}/${path}`])).toMatchObject({ ok: true });
  });
});

describe.each(named(/\.test\.yaml$/))('%s', (path) => {
  it('tells in time, and wakes nobody for nothing', async () => {
    const folder = await aFolderOf(made);
    expect(await outcomeOf(promtool, ['test', 'rules', `${folder}/${path}`])).toMatchObject({ ok: true });
  }, 120_000);

  it.each([
    ['a budget ten times as large', '> 0.0144', '> 0.144'],
    ['another bound', 'le="0.05"', 'le="0.5"'],
    ['the other windows', 'ratio_rate5m{', 'ratio_rate3d{'],
    ['writes among the reads', 'method="GET",', ''],
  ])(
    'finds out about %s',
    async (_, right, wrong) => {
      const rules = path.replace('.test', '');
      const text = made[rules] as string;
      expect(text).toContain(right);
      const folder = await aFolderOf({ ...made, [rules]: text.replaceAll(right, wrong) });
      const { ok, said } = await outcomeOf(promtool, ['test', 'rules', `${folder}/${path}`]);
      expect(said).toContain('FAILED');
      expect(ok).toBe(false);
    },
    120_000,
  );
});

describe.each(named(/^dashboards\//))('%s', (_, text) => {
  it('asks what Prometheus understands', async () => {
    const rules = expressionsOf(text).map((expr, at) => ({ record: `panel:${at}`, expr }));
    expect(rules.length).toBeGreaterThan(0);
    const folder = await aFolderOf({ 'panels.yaml': toYaml({ groups: [{ name: 'panels', rules }] }) });
    expect(await outcomeOf(promtool, ['check', 'rules', `${folder}/panels.yaml`])).toMatchObject({ ok: true });
  });
});
