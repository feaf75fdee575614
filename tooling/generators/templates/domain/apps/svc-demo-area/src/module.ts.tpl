import * as actions from '@plinth/actions/demo-area';
import { defineModule } from '@plinth/service-kit';

export const demoAreaModule = defineModule({ name: 'demo-area', contracts: [], events: [], collections: {}, actions });
