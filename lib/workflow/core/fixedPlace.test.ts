import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const told = `JSON.stringify([
  (1234.5).toLocaleString(), 1234n.toLocaleString(), [1234.5].toLocaleString(), new Float64Array([1234.5]).toLocaleString(),
  new Date(0).toLocaleString(), new Date(0).toLocaleDateString(), new Date(0).toLocaleTimeString(), new Date(0).getHours(),
  'Z'.localeCompare('ä'), 'I'.toLocaleLowerCase(), 'i'.toLocaleUpperCase(),
  new Intl.NumberFormat().format(1234.5), Intl.NumberFormat().format(1234.5), new Intl.Collator().resolvedOptions().locale,
  new Intl.DateTimeFormat().format(0), new Intl.DateTimeFormat().resolvedOptions().timeZone,
  new Intl.ListFormat().format(['a', 'b']), new Intl.PluralRules().select(0),
  new Intl.RelativeTimeFormat().format(1, 'day'), new Intl.Segmenter().resolvedOptions().locale,
  (1234.5).toLocaleString('fr-FR'), new Date(0) instanceof Date, new Intl.NumberFormat() instanceof Intl.NumberFormat,
  new Intl.NumberFormat().constructor === Intl.NumberFormat,
])`;

/** What code tells in a process of this place, as code of a workflow and outside of it. */
function toldIn(place: { readonly LC_ALL: string; readonly TZ: string }): { workflow: unknown[]; outside: unknown[] } {
  const program = `
    import { processSandbox } from ${JSON.stringify(new URL('./sandbox.ts', import.meta.url).href)};
    const sandbox = processSandbox();
    sandbox.enter({ nowMs: () => 0 });
    const workflow = ${told};
    sandbox.enter(undefined);
    process.stdout.write('{ "workflow": ' + workflow + ', "outside": ' + ${told} + ' }');`;
  const variables = Object.entries(place).map(([name, value]) => `${name}=${value}`);
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
  const answer = execFileSync('env', [...variables, ...node], { encoding: 'utf8' });
  return JSON.parse(answer) as ReturnType<typeof toldIn>;
}

describe('workflow code', { timeout: 60_000 }, () => {
  it('gives the same text in every place', () => {
    const american = toldIn({ LC_ALL: 'en_US.UTF-8', TZ: 'UTC' });
    expect(american.workflow).toEqual(american.outside);
    for (const place of [
      { LC_ALL: 'de_DE.UTF-8', TZ: 'Europe/Berlin' },
      { LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' },
    ]) {
      const there = toldIn(place);
      expect(there.workflow).toEqual(american.workflow);
      // Actions format as their host does.
      expect(there.outside).not.toEqual(american.outside);
    }
  });
});
