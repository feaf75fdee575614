import { parseArgs } from 'node:util';
import { loadOrExit } from '@plinth/config';
import { builtInRoles } from '@plinth/contract-kit';
import { StartupError } from '@plinth/data-kit';
import { serviceSettings } from '@plinth/service-kit';
import { createDemoToken } from './demo/demo-token.ts';
import { type DemoTenant, demoTenants, getDemoUser } from './demo/users.ts';

const usage = 'Usage: npm run token -- [--tenant acme|globex] [--role owner|admin|member|viewer|billing]';

const { AUTH_ISSUER, AUTH_AUDIENCE } = serviceSettings;

const parseChoice = <T extends string>(name: string, value: string, choices: readonly T[]): T => {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new StartupError(`--${name} is one of ${choices.join(', ')}; '${value}' is not.`);
  return choice;
};

const main = async (args: readonly string[]): Promise<string> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tenant: { type: 'string', default: 'acme' },
      role: { type: 'string', default: 'owner' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return usage;
  const tenant = parseChoice('tenant', values.tenant, Object.keys(demoTenants) as DemoTenant[]);
  const role = parseChoice('role', values.role, builtInRoles);
  const config = await loadOrExit({ AUTH_ISSUER, AUTH_AUDIENCE });
  return createDemoToken(getDemoUser(tenant, role), { issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE });
};

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exitCode = 1;
}
