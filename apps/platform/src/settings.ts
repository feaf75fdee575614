import { flag, text } from '@plinth/config';
import { mailSettings } from '@plinth/mail';
import { serviceSettings } from '@plinth/service-kit';

export const platformSettings = {
  ...serviceSettings,
  DEMO_DATA: flag().default(false).meta({
    description: 'Adds two organizations, each with a user of every role; for development.',
  }),
  CONSOLE_DIR: text(/^\//).optional().meta({
    description: 'The folder of the built console, which is then served at /. Without it, no console is served.',
    expects: 'an absolute path',
    example: '/repo/apps/console/dist',
  }),
  MAIL_DIR: mailSettings.MAIL_DIR,
};
