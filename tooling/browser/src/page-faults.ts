import type { BrowserContext } from 'playwright-core';

/** The errors of the pages of a test. */
export type PageFaults = {
  /** Accepts the errors that match. The browser logs one for each response of 400 and above. */
  allow(...patterns: readonly RegExp[]): void;
  /** Returns the errors so far that are not allowed. */
  list(): Promise<readonly string[]>;
};

const loopback = ['127.0.0.1', 'localhost', '[::1]'];
const isOtherHost = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return /^(?:https?|wss?):$/.test(protocol) && !loopback.includes(hostname);
};

/** A script for each page: the browser emits an event for each violation, even when the page catches the error. */
const reportViolations = `addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
  reportViolation(effectiveDirective + ' blocks ' + blockedURI + ' of ' + sourceFile))`;

/** Collects errors in the console, uncaught exceptions, violations of the content security policy and requests to other hosts. */
export const collectFaults = async (context: BrowserContext): Promise<PageFaults> => {
  const found: string[] = [];
  const allowed: RegExp[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') found.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => found.push(`exception: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    if (isOtherHost(request.url())) found.push(`other host: ${request.url()}`);
  });
  await context.exposeBinding('reportViolation', (_, text: string) => found.push(`policy: ${text}`));
  await context.addInitScript({ content: reportViolations });
  return {
    allow: (...patterns) => void allowed.push(...patterns),
    list: async () => {
      // Events arrive in order, so those before this round trip have arrived.
      await Promise.all(context.pages().map((page) => page.evaluate('0').catch(() => undefined)));
      return found.filter((text) => !allowed.some((pattern) => pattern.test(text)));
    },
  };
};
