import { renderEnvExample } from '@plinth/config';
import { createOpenApi, listErrors, serviceSettings } from '@plinth/service-kit';
import { modules } from '../modules.ts';
import { platformSettings } from '../settings.ts';
import { renderErrors } from './render-errors.ts';
import { renderPersonalData } from './render-personal-data.ts';

const { DEMO_DATA } = platformSettings;

/** Generates the files for clients and operators from contracts and settings. @returns their texts by path in the repository. */
export const createArtifacts = (): Readonly<Record<string, string>> => {
  const contracts = modules.flatMap((module) => module.contracts);
  return {
    '.env.example': renderEnvExample([
      { title: 'Every service', settings: serviceSettings },
      { title: 'The platform', settings: { DEMO_DATA } },
    ]),
    'docs/errors.md': renderErrors(listErrors(contracts)),
    'docs/personal-data.md': renderPersonalData(modules),
    'docs/openapi.json': `${JSON.stringify(createOpenApi({ title: 'Plinth', contracts }), null, 2)}\n`,
  };
};
