import { renderEnvExample } from '@plinth/config';
import {
  createAsyncApi,
  createOpenApi,
  listContractOwners,
  listErrors,
  listEvents,
  listPortSettings,
  ownWorkerSettings,
  serviceSettings,
  verificationSettings,
} from '@plinth/service-kit';
import stringify from 'json-stringify-pretty-compact';
import { modules } from '../modules.ts';
import { platformSettings } from '../settings.ts';
import { createContractFacts } from './contract-facts.ts';
import { renderClient } from './render-client.ts';
import { renderErrors } from './render-errors.ts';
import { renderLifecycles } from './render-lifecycles.ts';
import { renderModules } from './render-modules.ts';
import { renderPermissionCatalogue } from './render-permission-catalogue.ts';
import { renderPersonalData } from './render-personal-data.ts';

const toText = (json: unknown): string => `${stringify(json, { maxLength: 120 })}\n`;

const { DEMO_DATA, CONSOLE_DIR, MAIL_DIR } = platformSettings;

/** Generates the files for clients and operators from contracts and settings. @returns their texts by path in the repository. */
export const createArtifacts = (): Readonly<Record<string, string>> => {
  const owners = listContractOwners(modules);
  const contracts = owners.flatMap((owner) => owner.contracts);
  return {
    '.env.example': renderEnvExample([
      { title: 'Every service', settings: serviceSettings },
      { title: 'The platform', settings: { DEMO_DATA, CONSOLE_DIR, MAIL_DIR } },
      { title: 'The worker', settings: ownWorkerSettings },
      { title: 'The outgoing calls of a worker', settings: listPortSettings(modules) },
      { title: 'The audit trail', settings: verificationSettings },
    ]),
    ...renderClient(owners),
    'packages/service-contracts/src/users/permission-catalogue.ts': renderPermissionCatalogue(contracts),
    'docs/asyncapi.json': toText(createAsyncApi({ title: 'Plinth', events: listEvents(modules) })),
    'docs/contracts.json': toText(createContractFacts(modules)),
    'docs/errors.md': renderErrors(listErrors(contracts)),
    'docs/lifecycles.md': renderLifecycles(contracts),
    'docs/modules.md': renderModules(modules),
    'docs/personal-data.md': renderPersonalData(modules),
    'docs/openapi.json': toText(createOpenApi({ title: 'Plinth', contracts })),
  };
};
