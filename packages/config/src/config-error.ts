/** A setting or a file that cannot be used. It never holds a value. */
export type ConfigIssue = {
  readonly name: string;
  /** In words that follow the name. */
  readonly problem: string;
  readonly fix: string;
};

/** All issues of a configuration, one on each line of the message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.map(({ name, problem, fix }) => `  ${name} ${problem}. ${fix}`);
    super([`The configuration has ${issues.length} ${issues.length === 1 ? 'issue' : 'issues'}:`, ...lines].join('\n'));
    this.issues = issues;
  }
}
