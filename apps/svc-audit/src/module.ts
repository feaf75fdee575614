import * as actions from '@plinth/actions/audit';
import { auditChains, auditCheckpoints, auditEvents } from '@plinth/models/audit';
import { auditContract } from '@plinth/service-contracts/audit';
import { defineModule } from '@plinth/service-kit';
import { auditConsumer } from './append-events.ts';

export const auditModule = defineModule({
  name: 'audit',
  contracts: [auditContract],
  collections: { auditEvents, auditChains, auditCheckpoints },
  actions,
  journalConsumer: auditConsumer,
});
