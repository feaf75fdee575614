import { type Contract, commonErrors, type DeclaredError } from '@plinth/contract-kit';
import type { FastifyInstance } from 'fastify';
import { unchanging } from './caching.ts';
import { declaredErrors } from './declared.ts';

/** Every error that some routes declare, and that of a method which no route takes; each once, by domain and code. */
export const errorsOf = (contracts: readonly Contract[]): readonly DeclaredError[] => {
  const ofRoutes = contracts.flatMap(({ routes }) => Object.values(routes).flatMap(declaredErrors));
  const all = [...ofRoutes, commonErrors.methodNotAllowed.spec];
  const named = new Map(all.map((error) => [`${error.domain}/${error.code}`, error]));
  return [...named.values()].sort(
    (left, right) => left.domain.localeCompare(right.domain) || left.code.localeCompare(right.code),
  );
};

const definePage = ({ domain, code, status, title, fix }: DeclaredError): string =>
  `# ${code}\n\n${title}\n\n- Domain: ${domain}\n- Status: ${status}\n- What to do: ${fix}\n`;

/** The pages that the `type` of a problem points to. */
export const addErrorPages = (app: FastifyInstance, contracts: readonly Contract[]): void => {
  const pages = new Map(
    errorsOf(contracts).map((error) => [
      `${error.domain}/${error.code}`,
      unchanging('text/markdown', definePage(error)),
    ]),
  );
  app.get('/errors/:domain/:code', { config: { operational: true } }, (request, reply) => {
    const { domain, code } = request.params as { domain: string; code: string };
    const page = pages.get(`${domain}/${code}`);
    return page ? page(request, reply) : reply.callNotFound();
  });
};
