import { load } from '@plinth/config';
import { listLocalPortSettings, openLocalPorts } from '@plinth/service-kit';
import { createServiceSettings } from '@plinth/testing/process';
import { modules } from '../src/modules.ts';

const settings = { ...createServiceSettings(), AUTH_ISSUER: 'plinth-test', AUTH_AUDIENCE: 'plinth-test-api' };

/** The local ports of every module, as a host of tests gets them. */
export const localPorts = await openLocalPorts(modules, load(listLocalPortSettings(modules), settings));
