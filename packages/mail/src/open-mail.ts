import type { Config } from '@plinth/config';
import { type Mail, StartupError } from '@plinth/data-kit';
import { createMailFolder } from './mail-folder.ts';
import type { mailSettings } from './settings.ts';
import { createSmtpMail } from './smtp-mail.ts';

/** The settings of mail, and `NODE_ENV` of the host. */
export type MailConfig = Config<typeof mailSettings> & { readonly NODE_ENV: string };

const developmentSender = 'Plinth <no-reply@plinth.localhost>';

/**
 * Opens the mail of a worker. It connects to nothing yet.
 * @throws `StartupError` without a mail server in production, without a server or a folder elsewhere, and for a server without a sender.
 */
export const openMail = ({ NODE_ENV, MAIL_URL: url, MAIL_FROM: from, MAIL_DIR: folder }: MailConfig): Mail => {
  const isProduction = NODE_ENV === 'production';
  if (url !== undefined) {
    if (from !== undefined) return createSmtpMail({ url, from, requireTls: isProduction });
    throw new StartupError(
      'MAIL_URL is set and mail has no sender. Set MAIL_FROM, as in Plinth <no-reply@example.com>.',
    );
  }
  if (isProduction) {
    throw new StartupError(
      'A module of this worker sends mail, and there is no mail server. Set MAIL_URL, or run the module in another worker.',
    );
  }
  if (folder !== undefined) return createMailFolder({ folder, from: from ?? developmentSender });
  throw new StartupError(
    'A module of this worker sends mail. Set MAIL_DIR to a folder that keeps it, as npm start does, or MAIL_URL to send it.',
  );
};
