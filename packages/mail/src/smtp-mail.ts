import type { Mail } from '@plinth/data-kit';
import { createTransport } from 'nodemailer';
import { assertMessage, toMailId } from './message.ts';

export type SmtpMailOptions = {
  /** `smtps://` or `smtp://`, with the credentials. */
  readonly url: string;
  /** An address, or a name and an address in angle brackets. */
  readonly from: string;
  /** Sends nothing to a server that offers no TLS. */
  readonly requireTls: boolean;
  /** The time for a connection, for the greeting, and between two responses. Default: 10 seconds. */
  readonly timeoutMs?: number;
};

const toServer = (url: string) => {
  const { protocol, hostname, port, username, password } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    secure: protocol === 'smtps:',
    ...(port !== '' && { port: Number(port) }),
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
};

type SmtpError = { readonly code?: string; readonly responseCode?: number };

/** Says why a message was not sent. The error of nodemailer quotes the server, and servers quote the recipient. */
const describe = ({ code, responseCode }: SmtpError): string =>
  `The mail server did not accept the message: ${[code, responseCode].filter((part) => part !== undefined).join(' ')}.`;

const toDomain = (from: string): string => from.replace(/>$/, '').split('@').at(-1) as string;

/** Creates mail by SMTP. Each message has a connection of its own, so that nothing is open between them. */
export const createSmtpMail = ({ url, from, requireTls, timeoutMs = 10_000 }: SmtpMailOptions): Mail => {
  const transport = createTransport({
    ...toServer(url),
    requireTLS: requireTls,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (message) => {
      assertMessage(message);
      const { to, subject, text, html, key } = message;
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${toMailId(key)}@${toDomain(from)}>`,
          headers: { 'auto-submitted': 'auto-generated' },
        });
      } catch (error) {
        throw new Error(describe(error as SmtpError));
      }
    },
  };
};
