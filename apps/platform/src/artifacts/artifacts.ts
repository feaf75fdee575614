import { renderEnvExample } from '@plinth/config';
import { createOpenApi, listErrors, serviceSettings } from '@plinth/service-kit';
import { modules } from '../modules.ts';
import { platformSettings } from '../settings.ts';
import { renderErrors } from './render-errors.ts';

const { DEMO_DATA } = platformSettings;

/** What others consume, by its path in the repository. All of it derives from contracts and settings. */
export const artifacts = (): Readonly<Record<string, string>> => {
  const contracts = modules.flatMap((module) => module.contracts);
  return {
    '.env.example': renderEnvExample([
      { title: 'Every service', settings: serviceSettings },
      { title: 'The platform', settings: { DEMO_DATA } },
    ]),
    'docs/errors.md': renderErrors(listErrors(contracts)),
    'docs/openapi.json': `${JSON.stringify(createOpenApi({ title: 'Plinth', contracts }), null, 2)}\n`,
  };
};
