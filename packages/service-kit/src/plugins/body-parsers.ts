import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { commonErrors } from '@plinth/contract-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { uploadTypes } from '../http/upload-lines.ts';

/** The largest request body, in bytes. */
export const bodyLimitBytes = 256 * 1024;

/** The maximum nesting depth of objects and lists. */
const depthMax = 32;

/** True when brackets outside of strings open more than `depthMax` levels. */
const isTooDeep = (json: string): boolean => {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const character = json.charCodeAt(index);
    if (inString) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (character === 0x7d || character === 0x5d) depth -= 1;
  }
  return false;
};

const assertUncompressed = ({ headers }: FastifyRequest): void => {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw commonErrors.unsupportedMediaType({
    detail: 'The body has a Content-Encoding, and no content encoding is accepted.',
    fix: 'Send the body uncompressed, without `Content-Encoding`.',
  });
};

const toText = (body: Buffer): string => {
  // Invalid UTF-8 would be stored as different characters than those sent.
  if (!isUtf8(body)) throw commonErrors.invalidRequest({ detail: 'The body is not UTF-8.' });
  const text = body.toString();
  if (isTooDeep(text)) {
    throw commonErrors.invalidRequest({ detail: `The body nests more than ${depthMax} levels.` });
  }
  return text;
};

type Done = (error: Error | null) => void;

/** Reads a body to its end and keeps nothing of it. */
const discardBody = (payload: IncomingMessage, done: Done): void => {
  if (Number(payload.headers['content-length'] ?? 0) > bodyLimitBytes) return done(commonErrors.payloadTooLarge());
  let bytes = 0;
  const end: Done = (error) => {
    payload.off('data', count).off('end', succeed).off('error', end).resume();
    done(error);
  };
  const succeed = (): void => end(null);
  const count = ({ length }: Buffer): void => {
    bytes += length;
    if (bytes > bodyLimitBytes) end(commonErrors.payloadTooLarge());
  };
  payload.on('data', count).on('end', succeed).on('error', end);
};

/** The media type of a body that is not parsed. */
const ignoredType = 'application/octet-stream';

const isUpload = ({ scope }: FastifyRequest): boolean => scope.config.contract?.upload !== undefined;

const hasBody = ({ scope }: FastifyRequest): boolean => {
  const { contract } = scope.config;
  return contract?.body !== undefined || contract?.upload !== undefined;
};

/** The 415 of a route, which names the types that it accepts. */
const toUnsupported = (request: FastifyRequest) =>
  isUpload(request)
    ? commonErrors.unsupportedMediaType({ fix: `Send \`Content-Type: ${uploadTypes.join('` or `')}\`.` })
    : commonErrors.unsupportedMediaType();

/** Passes the body of an upload on to its handler, which reads it, so that it is never in memory as a whole. */
const addUploadParser = (app: FastifyInstance): void => {
  app.addContentTypeParser([...uploadTypes], (request: FastifyRequest, payload: IncomingMessage, done) => {
    if (!isUpload(request)) {
      discardBody(payload, (error) => done(error ?? (hasBody(request) ? toUnsupported(request) : null)));
      return;
    }
    try {
      assertUncompressed(request);
      done(null, payload);
    } catch (error) {
      done(error as Error);
    }
  });
  app.addHook('preParsing', async (request, reply) => {
    const { expect, 'content-length': length = 0 } = request.headers;
    // A smaller body was invited already, before its route was known.
    if (isUpload(request) && expect !== undefined && Number(length) > bodyLimitBytes) reply.raw.writeContinue();
  });
};

/**
 * Parses JSON, and JSON merge patches for PATCH; any other type is a 415, except that of an upload. A route without a body ignores the body of a
 * request, because clients send empty ones of any type. An ignored body takes no memory: anyone may send one to an unknown path.
 */
export const bodyParsers = fp(
  async (app) => {
    const parse = app.getDefaultJsonParser('error', 'error');
    const addParser = (type: string, isAllowed: (request: FastifyRequest) => boolean): void => {
      app.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
        try {
          if (!isAllowed(request)) throw toUnsupported(request);
          assertUncompressed(request);
          void parse(request, toText(body as Buffer), done);
        } catch (error) {
          done(error as Error);
        }
      });
    };
    app.removeAllContentTypeParsers();
    addParser('application/json', (request) => !isUpload(request));
    addParser('application/merge-patch+json', ({ method }) => method === 'PATCH');
    app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage, done: Done) => {
      discardBody(payload, (error) => done(error ?? (hasBody(request) ? toUnsupported(request) : null)));
    });
    addUploadParser(app);

    // Fastify refuses a malformed type, and a QUERY without one, before it calls a parser or a handler.
    app.addHook('onRequest', (request, _reply, done) => {
      const isTyped = request.headers['content-type'] !== undefined || request.method === 'QUERY';
      if (isTyped && !hasBody(request)) request.headers['content-type'] = ignoredType;
      done();
    });

    // A client that waits for `100 Continue` receives the 413 for a too large body before it sends it.
    app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (Number(request.headers['content-length'] ?? 0) <= bodyLimitBytes) response.writeContinue();
      app.server.emit('request', request, response);
    });
    // HTTP allows a server to ignore any other expectation.
    app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      app.server.emit('request', request, response);
    });
  },
  { name: 'body-parsers', dependencies: ['request-context'] },
);
