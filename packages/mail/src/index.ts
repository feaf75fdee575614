export { createMailFolder, type MailFolderOptions, readMailFolder, type StoredMail } from './mail-folder.ts';
export { type MailConfig, openMail } from './open-mail.ts';
export { mailSettings } from './settings.ts';
export { createSmtpMail, type SmtpMailOptions } from './smtp-mail.ts';
