import { flag } from '@plinth/config';
import { serviceSettings } from '@plinth/service-kit';

export const platformSettings = {
  ...serviceSettings,
  DEMO_DATA: flag().default(false).meta({
    description: 'Adds two organizations, each with an owner, a member and a viewer; for development.',
  }),
};
