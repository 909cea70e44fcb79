import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { NetverdictError } from '../primitives/common/errors/index.js';

/** Parser of a commander option that takes a whole number from `least` on, to `most` if given. */
export const wholeNumber =
  (least: number, most?: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > (most ?? Number.MAX_SAFE_INTEGER)) {
      const range = most === undefined ? `from ${least} on` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };

/** Parser of a commander option that takes a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return value;
}

/** The token in a file, without the line end. */
export function readToken(file: string): string {
  const token = readTokenFile(file).trim();
  if (token === '') {
    throw new NetverdictError('NV_USAGE', `token file "${file}" is empty`);
  }
  return token;
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NetverdictError('NV_USAGE', `token file "${file}" cannot be read`, { cause });
  }
}
