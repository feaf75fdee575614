import { hostDashboard, moduleDashboard } from './dashboard.ts';
import { observedModules } from './modules.ts';
import { ruleTestsOf } from './rule-tests.ts';
import { hostRules, rulesOf } from './rules.ts';
import { toYaml } from './yaml.ts';

const made = '# Made from the contracts by `npm run build`; not to be edited.\n';

const yaml = (value: object): string => `${made}${toYaml(value)}`;
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Everything that is made from the contracts, by its path in this package. */
export const artifacts = async (): Promise<Readonly<Record<string, string>>> => {
  const modules = await observedModules();
  return Object.fromEntries([
    ['dashboards/host.json', json(hostDashboard)],
    ['rules/host.yaml', yaml(hostRules)],
    ...modules.flatMap((module) => [
      [`dashboards/${module.name}.json`, json(moduleDashboard(module))],
      [`rules/${module.name}.yaml`, yaml(rulesOf(module))],
      [`rules/${module.name}.test.yaml`, yaml(ruleTestsOf(module))],
    ]),
  ]) as Record<string, string>;
};
