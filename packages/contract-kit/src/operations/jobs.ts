import { defineErrors } from '../catalogues/errors.ts';
import { definePermissions } from '../catalogues/permissions.ts';
import { defineContract } from '../routes/contract.ts';
import { defineRoute } from '../routes/route.ts';
import { NoContent } from '../schemas/text.ts';
import { DeadMessage, DeadMessagePage, DeadMessageParams, JobList, JobParams, ListDeadMessagesQuery } from './job.ts';

export const jobsErrors = defineErrors('jobs', {
  messageNotDead: {
    status: 409,
    title: 'The message is not dead any more.',
    fix: 'List the dead messages again: a retry or a drop has ended this state.',
  },
});

export const jobsPermissions = definePermissions('jobs', {
  'jobs:read': { title: 'View jobs and dead messages', roles: ['owner', 'admin'] },
  'jobs:write': { title: 'Retry and drop dead messages', roles: ['owner', 'admin'] },
});

const read = { auth: { policy: 'jobs:read' } } as const;
const write = { auth: { policy: 'jobs:write' }, method: 'POST', params: DeadMessageParams } as const;

const messagesPath = '/v1/operations/jobs/:module/dead-messages';

/** The routes by which an organization operates its jobs. Each host serves them for its modules, and no module declares them. */
export const jobsContract = defineContract('jobs', {
  permissions: jobsPermissions,
  routes: {
    listJobs: defineRoute({
      ...read,
      method: 'GET',
      path: '/v1/operations/jobs',
      summary: 'List jobs',
      description: 'The jobs and consumers of events of all modules, with the messages of the organization.',
      responses: { 200: JobList },
    }),
    listDeadMessages: defineRoute({
      ...read,
      method: 'GET',
      path: messagesPath,
      summary: 'List dead messages',
      description: 'A message is dead when it has failed too often. It is kept until it is retried or dropped.',
      params: JobParams,
      query: ListDeadMessagesQuery,
      responses: { 200: DeadMessagePage },
    }),
    getDeadMessage: defineRoute({
      ...read,
      method: 'GET',
      path: `${messagesPath}/:id`,
      summary: 'Get a dead message',
      description: 'It has its failures, and neither its payload nor the texts of internal errors.',
      params: DeadMessageParams,
      responses: { 200: DeadMessage },
    }),
    retryDeadMessage: defineRoute({
      ...write,
      path: `${messagesPath}/:id/retry`,
      summary: 'Retry a dead message',
      description: 'The message is ready again, with all its attempts. Remove the cause of its failures first.',
      responses: { 204: NoContent },
      errors: [jobsErrors.messageNotDead],
    }),
    dropDeadMessage: defineRoute({
      ...write,
      path: `${messagesPath}/:id/drop`,
      summary: 'Drop a dead message',
      description: 'The message ends without its effect, for good.',
      responses: { 204: NoContent },
      errors: [jobsErrors.messageNotDead],
    }),
  },
});
