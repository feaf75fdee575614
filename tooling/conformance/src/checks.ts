/** A check of schemathesis: one that every answer must pass, or one that contradicts what the API promises. */
export type Check = {
  readonly name: string;
  /** The statuses that it takes, where the usual ones are not ours, and why. */
  readonly expected?: { readonly statuses: readonly (number | string)[]; readonly because: string };
  /** Why it is not run. */
  readonly disabled?: string;
};

/** Every check that schemathesis has, so that one which is new in another version is decided about. */
export const checks: readonly Check[] = [
  { name: 'not_a_server_error' },
  { name: 'status_code_conformance' },
  { name: 'content_type_conformance' },
  { name: 'response_headers_conformance' },
  { name: 'response_schema_conformance' },
  {
    name: 'negative_data_rejection',
    expected: {
      statuses: [400, 401, 403, 404, 405, 406, 412, 413, 415, 422, 428, 431],
      because:
        'An `If-Match` that is no version matches none (412); too much is refused before anybody reads it (413, 431); a failure of ours is no refusal.',
    },
  },
  {
    name: 'positive_data_acceptance',
    expected: {
      statuses: ['2xx', '3xx', 401, 403, 404, 409, 412, 422],
      because:
        'A version is right or stale by what happened before (412), and so is an `Idempotency-Key` that was used for another request (422).',
    },
  },
  {
    name: 'missing_required_header',
    expected: {
      statuses: [401, 403, 404, 428],
      because: 'A change without `If-Match` is answered with 428, once the caller is known and may change anything.',
    },
  },
  { name: 'unsupported_method' },
  { name: 'allow_header_conformance' },
  { name: 'use_after_free' },
  { name: 'ensure_resource_availability' },
  { name: 'ignored_auth' },
  {
    name: 'object_level_authorization',
    disabled:
      'It needs two people who must not see each other’s objects, and those of one tenant see each other; apps/platform/test/isolation.test.ts tries every operation across tenants.',
  },
];
