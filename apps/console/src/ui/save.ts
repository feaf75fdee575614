/** Saves lines of JSON as a file. */
export const save = (parts: readonly string[], name: string): void => {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'application/x-ndjson' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
};
