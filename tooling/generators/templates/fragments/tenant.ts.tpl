import { createDemoItemInput } from '@plinth/actions/demo-area/testing';
import { openTestDatastore } from '@plinth/mongo/testing';
import { describeRefusals, race, sortStatuses, useModule } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { demoAreaModule } from '../src/module.ts';

const service = useModule({ module: demoAreaModule, openDatastore: openTestDatastore, covers: 'approveDemoItem' });

const createTenant = async () => {
  const tenant = await service.createTenant();
  const addDemoItem = async () => (await tenant.call('createDemoItem', { body: createDemoItemInput() })).body;
  return { ...tenant, addDemoItem };
};
