/** A subject, and one message both as text and as HTML: a mailbox chooses. */
export type MailContent = {
  /** One line of at most 200 characters. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

export type MailMessage = MailContent & {
  /** One address, without a name. */
  readonly to: string;
  /**
   * A message that is sent again with its key has the same `Message-ID`, so that a mailbox can recognize the second one. A consumer uses
   * the id of its event.
   */
  readonly key: string;
};

/** Sends mail. Only consumers and jobs get it: no request waits for a mail server. */
export type Mail = {
  /**
   * Resolves when a mail server is responsible for the message, which may arrive later or come back.
   * @throws when no server is: the caller sends the message again with its key. The error contains no part of the message.
   */
  send(message: MailMessage): Promise<void>;
};
