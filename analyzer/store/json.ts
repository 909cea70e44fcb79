/** JSON in which integers beyond 2^53 are text, so that no digit is lost. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
