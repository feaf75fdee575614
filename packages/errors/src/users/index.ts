import { defineErrors } from '@plinth/contract-kit';

export const usersErrors = defineErrors('users', {
  emailTaken: {
    status: 409,
    title: 'A person with this e-mail address exists already.',
    fix: 'Use another address, or find the person with `GET /v1/users?email=…`.',
  },
  lastOwner: {
    status: 409,
    title: 'This person is the last active owner of the organization.',
    fix: 'Give the role owner to somebody else first, or reactivate another owner, and send the request again.',
  },
  ownersChanged: {
    status: 409,
    title: 'The first owner of the organization was added by another request at the same time.',
    fix: 'Send the request again, with a new idempotency key if it had one.',
  },
  notRemoved: {
    status: 409,
    title: 'The person has not been removed, so there is nothing to restore.',
    fix: 'Read the person with `GET /v1/users/{id}`; nothing needs to be done.',
  },
  alreadySuspended: {
    status: 409,
    title: 'The person is suspended already.',
    fix: 'Read the person with `GET /v1/users/{id}`; nothing needs to be done.',
  },
  notSuspended: {
    status: 409,
    title: 'The person is not suspended, so there is nothing to reactivate.',
    fix: 'Read the person with `GET /v1/users/{id}`; nothing needs to be done.',
  },
  ownRole: {
    status: 422,
    title: 'Nobody raises their own role.',
    fix: 'Ask another owner of the organization to change your role.',
  },
});
