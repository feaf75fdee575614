import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { ProblemPage } from '../ui/problem.tsx';
import { buttonStyles } from '../ui/styles.ts';

export const NotFoundPage = () => (
  <section className="mx-auto grid max-w-lg justify-items-start gap-3 py-16">
    <h1 className="text-xl font-semibold">There is no such page.</h1>
    <p className="text-muted">The address may be mistyped, or the page may have moved.</p>
    <Link to="/" className={buttonStyles.primary}>
      Go to the start
    </Link>
  </section>
);

/** Shown when a screen throws, for instance because its code could not be loaded after a release. */
export const CrashPage = ({ error }: ErrorComponentProps) => (
  <ProblemPage error={error} onRetry={() => location.reload()} />
);
