/** `npm run bench -- pages`: every page of substance, by Lighthouse, on the product as it is shipped. */
import path from 'node:path';
import { auditedNames, startAuditor, type PageAudit } from '../../scripts/lib/pageAudit';
import { findOrInstallChromium } from '../../scripts/lib/chromium.mjs';
import { startThrowawayProduct } from '../../scripts/lib/throwawayProduct.mjs';
import { lineOfPage } from './lines';
import type { PageLine } from './protocol';

const projectRoot = path.resolve(import.meta.dirname, '../..');

export async function benchPages({
  rounds,
  device,
  say,
}: {
  readonly rounds: number;
  readonly device: PageLine['device'];
  readonly say: (text: string) => void;
}): Promise<readonly PageLine[]> {
  const executablePath = await findOrInstallChromium();
  // A product that runs already is looked at as it is; what it shows is its own data.
  const running = process.env.BENCH_BASE_URL;
  const product =
    running === undefined
      ? await startThrowawayProduct({ projectRoot, env: process.env })
      : { url: running, stop: null };
  try {
    const auditor = await startAuditor({ baseURL: product.url, executablePath, device });
    try {
      const lines: PageLine[] = [];
      for (const page of await auditor.find(auditedNames)) {
        const audits: PageAudit[] = [];
        for (let run = 0; run < rounds; run += 1) {
          audits.push(await auditor.audit(page, ['performance', 'accessibility', 'best-practices']));
        }
        const line = lineOfPage(page.name, device, audits);
        say(`  ${page.name.padEnd(18)} ${line.performance}`);
        lines.push(line);
      }
      const missing = auditedNames.filter((name) => !lines.some(({ page }) => page === name));
      if (missing.length > 0) throw new Error(`The data has nothing to show for: ${missing.join(', ')}.`);
      return lines;
    } finally {
      await auditor.stop();
    }
  } finally {
    await product.stop?.();
  }
}
