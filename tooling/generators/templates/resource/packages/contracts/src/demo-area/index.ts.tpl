import type { ServiceOf } from '@plinth/data-kit';
import type { demoItemsContract } from '@plinth/service-contracts/demo-area';

export type DemoItemsService = ServiceOf<typeof demoItemsContract>;
