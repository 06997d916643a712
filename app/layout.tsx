import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/index.css';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { TimeProvider } from '@/components/ui/time';
import { ToastProvider } from '@/components/ui/toast';
import { inter } from './fonts';

export const metadata: Metadata = {
  title: { default: 'Baton', template: '%s · Baton' },
  description: 'Durable TypeScript workflows with people in the loop.',
};

export const viewport: Viewport = { colorScheme: 'light dark', viewportFit: 'cover' };

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const jar = await cookies();
  const theme = jar.get('theme')?.value;
  return (
    <html
      lang="en"
      className={inter.variable}
      data-theme={theme === 'light' || theme === 'dark' ? theme : undefined}
      suppressHydrationWarning
    >
      <body>
        <TimeProvider nowMs={await presentMs()} zone={knownZone(jar.get('tz')?.value)}>
          <ToastProvider>{children}</ToastProvider>
        </TimeProvider>
      </body>
    </html>
  );
}

/** The moment of this request: pages show time from where the reader stands. */
async function presentMs(): Promise<number> {
  return Date.now();
}

/** The zone the browser named at an earlier visit, if it is one; a first visit is served in UTC and labelled so. */
function knownZone(named: string | undefined): string {
  if (!named || named.length > 64) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: named }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
