import { isUtf8 } from 'node:buffer';
import { commonErrors } from '@plinth/contract-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';

/** The largest body that is read, in bytes. */
export const bodyLimitBytes = 256 * 1024;

/** How deep objects and lists may lie in each other. */
const depthMax = 32;

/** True when brackets outside of strings open more than `depthMax` levels. */
const isTooDeep = (json: string): boolean => {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (inString) {
      if (character === 0x5c) at += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (character === 0x7d || character === 0x5d) depth -= 1;
  }
  return false;
};

const assertPlain = ({ headers }: FastifyRequest): void => {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw commonErrors.unsupportedMediaType({ detail: 'A body is read as it is; send it without Content-Encoding.' });
};

const textOf = (body: Buffer): string => {
  // Bytes that are not UTF-8 would be stored as other characters than were sent.
  if (!isUtf8(body)) throw commonErrors.invalidRequest({ detail: 'The body is not UTF-8.' });
  const text = body.toString();
  if (isTooDeep(text)) {
    throw commonErrors.invalidRequest({ detail: `The body nests more than ${depthMax} levels.` });
  }
  return text;
};

/** The type of a body that nobody looks at. */
const anyType = 'application/octet-stream';

const takesBody = (request: FastifyRequest): boolean => contractOf(request)?.body !== undefined;

/**
 * Reads bodies: JSON, and JSON merge patches by their own media type where they are meant, for PATCH. Anything else is
 * a 415. A route that takes no body passes over the one that it is sent, because clients send empty ones of any type.
 */
export const addBodyParsers = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  const add = (type: string, isFor: (request: FastifyRequest) => boolean): void => {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      if (!takesBody(request)) return done(null, undefined);
      try {
        if (!isFor(request)) throw commonErrors.unsupportedMediaType();
        assertPlain(request);
        void parse(request, textOf(body as Buffer), done);
      } catch (error) {
        done(error as Error);
      }
    });
  };
  // Fastify refuses a malformed type, and a QUERY without one, before it asks a parser or a route.
  app.addHook('onRequest', (request, _reply, done) => {
    const isTyped = request.headers['content-type'] !== undefined || request.method === 'QUERY';
    if (isTyped && !takesBody(request)) request.headers['content-type'] = anyType;
    done();
  });
  add('application/json', () => true);
  add('application/merge-patch+json', ({ method }) => method === 'PATCH');
  add('*', () => false);
};
