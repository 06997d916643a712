import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseErrorPage, type Block } from './parseErrorPage';

/** Beside the product's sources, where it is started. */
const folder = path.join(process.cwd(), 'docs/errors');
const fileOf = (code: string) => (/^[a-z_]{1,60}$/.test(code) ? path.join(folder, `${code}.md`) : null);

/** Whether an error's code is one of the product's, with a page of its own. */
export function hasErrorPage(code: string | null): code is string {
  const file = code === null ? null : fileOf(code);
  return file !== null && existsSync(file);
}

/** The page of an error's code, or null where there is none. */
export async function readErrorPage(code: string): Promise<readonly Block[] | null> {
  return hasErrorPage(code) ? parseErrorPage(await readFile(path.join(folder, `${code}.md`), 'utf8')) : null;
}
