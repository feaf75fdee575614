export type Ban = { readonly pattern: RegExp; readonly write: string };

const nameTheActor = 'Name the user, the client or the process.';

/** Openings of sentences in comments, test titles and documents. A question may begin with them. */
export const openings: readonly Ban[] = [
  {
    pattern: /^(?:what|who|whom|whose|such|none\s+where|makes\s+what)\b(?!.*\?$)/is,
    write: 'Begin with the subject or a verb: "Returns …", "The server …".',
  },
];

/** Words in comments, test titles and documents. */
export const phrases: readonly Ban[] = [
  { pattern: /\b(?:told|tells?\s+of)\b/i, write: 'Data is sent, received, emitted, stored, logged.' },
  { pattern: /\b(?:is|are|was|were|be|been)\s+(?:asked|given)\b/i, write: 'Say what sends or passes it.' },
  { pattern: /\bwhoever\b/i, write: nameTheActor },
  { pattern: /\b(?:the|a)\s+law\b/i, write: 'Write "schema validator" or "rule".' },
];

/** Words that code does not use either, not even as a part of a name. */
export const names: readonly Ban[] = [
  {
    pattern: /(?<![a-z])(?:[Pp]eople|[Pp]ersons?)(?![a-z])|(?<=[a-z])(?:People|Persons?)(?![a-z])/,
    write: 'Write "user".',
  },
  { pattern: /(?<![a-zA-Z])(?:[Nn]o|[Ss]ome|[Ee]very|[Aa]ny)body(?![a-z])/, write: nameTheActor },
];

/** Files that contain the words for a reason. */
export const exemptPaths: readonly string[] = [
  'docs/style.md',
  'tooling/lint/src/banned-words.ts',
  'tooling/lint/test/words.test.ts',
];
