const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const toRelative = (seconds: number): string => {
  const [unit, size] = steps.find(([, step]) => Math.abs(seconds) >= step) ?? [];
  return unit ? relative.format(Math.trunc(seconds / size), unit) : 'just now';
};

/** Shows a time as its distance from now, with the exact time as a title. */
export const Time = ({ value }: { readonly value: string }) => {
  const date = new Date(value);
  return (
    <time dateTime={value} title={exact.format(date)} className="whitespace-nowrap">
      {toRelative((date.getTime() - Date.now()) / 1000)}
    </time>
  );
};
