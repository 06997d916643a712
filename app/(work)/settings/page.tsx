import type { Metadata } from 'next';
import { MailSettings } from '@/components/settings/mail-settings';
import { requireTenantPermission } from '@/lib/auth';
import { readSettings } from '@/lib/queries/settings';
import { setMailPreferenceAction, setTimeZoneAction } from './actions';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const session = await requireTenantPermission('settings.change', { from: '/settings' });
  return (
    <main id="main" className="p-settings on-surface">
      <div className="wrap">
        <h1>Settings</h1>
        <MailSettings
          settings={await readSettings(session.userId)}
          setPreference={setMailPreferenceAction}
          setTimeZone={setTimeZoneAction}
        />
      </div>
    </main>
  );
}
